// Lint rules of this project that oxlint does not have. Time, timers and randomness are passed in, so that the
// simulator can own them; the machine's own live in src/cli/machine.ts.
// @ts-nocheck: oxlint publishes no types for the nodes that a plugin meets.

const wall = ['Date.now', 'Math.random']
const strict = [
  ...wall,
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.uptime',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'globalThis.setTimeout',
  'globalThis.setInterval',
  'globalThis.setImmediate',
]
const timerModules = /^(node:)?(timers(\/promises)?|perf_hooks)$/
const cryptoModule = /^(node:)?crypto$/

const message = (name) =>
  `${name} is the machine's own: take it as a parameter (the real one is in src/cli/machine.ts)`

const noAmbient = {
  meta: { schema: [{ enum: ['wall', 'strict'] }] },
  create(context) {
    const isStrict = context.options[0] === 'strict'
    const properties = new Set(isStrict ? strict : wall)
    const report = (node, name) => context.report({ node, message: message(name) })
    return {
      MemberExpression(node) {
        const key = node.computed ? node.property.value : node.property.name
        // globalThis.Date.now is Date.now.
        const owner = node.object.type === 'MemberExpression' ? node.object.property.name : node.object.name
        if (properties.has(`${owner}.${key}`)) report(node, `${owner}.${key}`)
      },
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node, 'new Date()')
      },
      CallExpression(node) {
        if (node.callee.name === 'Date') report(node, 'Date()')
      },
      ImportDeclaration(node) {
        if (!isStrict || node.importKind === 'type') return
        if (timerModules.test(node.source.value)) report(node, node.source.value)
        if (!cryptoModule.test(node.source.value)) return
        const drawn = node.specifiers.find(({ imported }) => imported?.name?.startsWith('random'))
        if (drawn) report(drawn, drawn.imported.name)
      },
    }
  },
}

/** The reason is in src/doors/node-http.ts. */
const noHttpValues = {
  create: (context) => ({
    ImportDeclaration(node) {
      if (node.source.value !== 'node:http' || node.importKind === 'type') return
      context.report({
        node,
        message: 'only types come from node:http; take values from src/doors/node-http.ts, which says why',
      })
    },
  }),
}

const plugin = { meta: { name: 'regie' }, rules: { 'no-ambient': noAmbient, 'no-http-values': noHttpValues } }

export default plugin
