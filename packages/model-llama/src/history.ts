import { modelError } from '@rtfs/delegation'
import type { InferenceRequest } from '@rtfs/interfaces'
import type { ChatItem } from './library.js'

/** A request as the chat that is to be continued. Tools are `refused`: a template for them would have to be guessed. */
export function historyOf(id: string, request: InferenceRequest): ChatItem[] {
  const { system, messages = [], prompt, tools = [] } = request
  if (tools.length > 0) throw modelError(id, 'refused', 'tools are not supported in process')
  const items: ChatItem[] = []
  if (system !== undefined) items.push({ type: 'system', text: system })
  for (const { role, content } of messages) {
    if (role === 'tool') throw modelError(id, 'refused', 'answers of tools are not supported in process')
    if (role === 'assistant') items.push({ type: 'model', response: [content] })
    else items.push({ type: role, text: content })
  }
  items.push({ type: 'user', text: prompt }, { type: 'model', response: [] })
  return items
}
