/**
 * The values of node:http that we use. An import by name makes Node read all exports of the module, and one of them
 * loads its whole fetch, which an idle box then carries as 4 MB and more.
 */
export const { Agent, createServer, request } = process.getBuiltinModule('node:http')
