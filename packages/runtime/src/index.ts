export { evaluateProgram } from './ast/program.js'
export { Cell, type LoadedModule, UnitFrame, unfilled } from './shared/environment.js'
