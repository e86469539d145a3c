import { expect, test } from 'vitest'
import { methodsAt } from './methods.ts'

const routes = [
  'GET /',
  'HEAD /',
  'GET /api/fair/books',
  'HEAD /api/fair/books',
  'POST /api/fair/top.up',
  'GET /api/fair/top.up/:key',
  'DELETE /api/fleet/session',
  'POST /api/fleet/session',
  'GET /api/fleet/session',
]

test.each([
  ['/', 'GET, HEAD'],
  ['/?a=/', 'GET, HEAD'],
  ['/api/fair/books?site=a', 'GET, HEAD'],
  ['/api/fair/b%6foks', 'GET, HEAD'],
  ['/api/fair/top.up', 'POST'],
  ['/api/fair/top.up/k%201', 'GET'],
  ['/api/fair/top.up/a%2fb', 'GET'],
  ['/api/fair/top.up/', ''],
  ['/api/fair/topXup', ''],
  ['/api/fleet/session', 'DELETE, GET, POST'],
  ['/api/fleet/Session', ''],
  ['/api/fleet/session/', ''],
  ['/api/%', ''],
  ['/api/fair', ''],
  ['', ''],
])('HTTP-16 %s is answered to %s', (url, methods) => {
  expect(methodsAt(routes, url).join(', ')).toBe(methods)
})
