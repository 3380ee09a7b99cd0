import type { InferenceRequest, Json } from '@rtfs/interfaces'

/** A request in the form of the chat completions API. */
export function requestBody(request: InferenceRequest, model: string, stream: boolean): string {
  const { system, messages = [], prompt, maxTokens, temperature, topP, seed, stop, tools, schema } = request
  const all = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...messages.map(({ role, content, toolCallId }) => ({
      role,
      content,
      ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
    })),
    { role: 'user', content: prompt },
  ]
  return JSON.stringify({
    model,
    messages: all,
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    seed,
    stop,
    tools: tools?.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
    response_format: isObjectSchema(schema)
      ? { type: 'json_schema', json_schema: { name: 'answer', schema } }
      : undefined,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  })
}

/** Servers take schemas of objects only; other answers are described in words. */
function isObjectSchema(schema: Json | undefined): boolean {
  return typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'object'
}
