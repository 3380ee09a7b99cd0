import type {
  ContextGetNode,
  DiscoverAgentsNode,
  HintsNode,
  HostCallNode,
  LogStepNode,
  ResourceRefNode,
  TaskContextNode,
} from '@rtfs/ir'
import { type Compile, evaluate } from './calls.js'
import type { Code } from './code.js'
import { placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** `(call cap arg*)` (LANGUAGE §15.3). */
export function compileHostCall(node: HostCallNode, scope: Scope, compile: Compile): Code {
  const capability = compile(node.capability, scope)
  const args = node.args.map(arg => compile(arg, scope))
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    const id = capability(frame)
    const values = evaluate(args, frame)
    return placed(site, () => machine.services.host.call(id, values, site))
  }
}

/** `log-step`: one record through the host, the last value as result (LANGUAGE §5.10). */
export function compileLogStep(node: LogStepNode, scope: Scope, compile: Compile): Code {
  const values = node.values.map(value => compile(value, scope))
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    const shown = evaluate(values, frame)
    placed(site, () => machine.services.host.log(node.level, shown, site))
    return shown.at(-1) ?? null
  }
}

export function compileDiscoverAgents(node: DiscoverAgentsNode, scope: Scope, compile: Compile): Code {
  const criteria = compile(node.criteria, scope)
  const options = node.options === undefined ? () => null : compile(node.options, scope)
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    const wanted = criteria(frame)
    const how = options(frame)
    return placed(site, () => machine.services.host.discoverAgents(wanted, how))
  }
}

/** One-argument `(get :key)`: the local name, else the host's value (LANGUAGE §5.14). */
export function compileContextGet(node: ContextGetNode, scope: Scope, compile: Compile): Code {
  if (node.local !== undefined) return compile(node.local, scope)
  const { machine } = scope
  const site = siteOf(node, scope)
  return () => placed(site, () => machine.services.host.contextValue(node.name))
}

export function compileTaskContext(node: TaskContextNode, scope: Scope): Code {
  const { machine } = scope
  const site = siteOf(node, scope)
  return () => placed(site, () => machine.services.taskField(node.name))
}

export function compileResourceRef(node: ResourceRefNode, scope: Scope): Code {
  const { machine } = scope
  const site = siteOf(node, scope)
  return () => placed(site, () => machine.services.host.resource(node.resource))
}

/** `^{:runtime.x …} form`. */
export function compileHints(node: HintsNode, scope: Scope, compile: Compile): Code {
  const body = compile(node.body, scope)
  const { machine } = scope
  const { meta } = node
  return frame => {
    const open = machine.services.host.openHints(meta)
    try {
      return body(frame)
    } finally {
      open.close()
    }
  }
}
