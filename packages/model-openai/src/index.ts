export { createOpenAiModel, type OpenAiModelOptions } from './model.js'
