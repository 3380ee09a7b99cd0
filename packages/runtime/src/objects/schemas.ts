import { oneOf } from './property-types.js'

/** Properties of one kind of object, or of a map inside one: key to type. A `?` after the key makes it optional. */
export type ObjectSchema = Readonly<Record<string, string | NestedSchema>>

/** A property whose value is a map, or a sequence of maps, with properties of its own. */
export interface NestedSchema {
  readonly kind: 'map' | 'maps'
  readonly entries: ObjectSchema
}

const map = (entries: ObjectSchema): NestedSchema => ({ kind: 'map', entries })
const maps = (entries: ObjectSchema): NestedSchema => ({ kind: 'maps', entries })

const step: ObjectSchema = {
  'step-id': '#text',
  action: '#name',
  capability: '#versioned-type',
  'depends-on?': '[:seq :string]',
  'params?': ':map',
  'expected-output?': oneOf('resource document notification validation data'),
  'timeout?': '#seconds',
}

const schemas: Readonly<Record<string, ObjectSchema>> = {
  intent: {
    type: '#versioned-type',
    'intent-id': '#id',
    goal: ':string',
    'created-at': '#timestamp',
    'created-by': ':string',
    status: oneOf('draft active paused completed failed archived'),
    'priority?': oneOf('low normal high urgent critical'),
    'constraints?': map({
      'max-cost?': '#money',
      'deadline?': '#timestamp',
      'data-locality?': '[:seq #name]',
      'security-clearance?': oneOf('public internal confidential secret top-secret'),
      'preferred-style?': '#name',
    }),
    'success-criteria?': ':fn',
    'parent-intent?': '#id',
    'child-intents?': '#ids',
    'metadata?': ':map',
  },
  plan: {
    type: '#versioned-type',
    'plan-id': '#id',
    'created-at': '#timestamp',
    'created-by': '#name',
    'intent-ids': '#ids',
    'program?': ':any',
    'body?': ':any',
    status: oneOf('draft ready executing completed failed cancelled'),
    'strategy?': '#name',
    'estimated-cost?': '#money',
    'estimated-duration?': '#seconds',
    'execution-context?': map({
      'arbiter-reasoning?': ':any',
      'alternative-strategies?': ':any',
      'risk-assessment?': oneOf('low medium high critical'),
    }),
    'name?': ':string',
    'language?': ':any',
    'annotations?': ':map',
  },
  action: {
    type: '#versioned-type',
    'action-id': '#id',
    timestamp: '#timestamp',
    'plan-id': '#id',
    'step-id': '#text',
    'intent-id': '#id',
    'capability-used': '#versioned-type',
    executor: map({
      type: oneOf('local agent service arbiter'),
      id: '#text',
      'node?': ':string',
      'version?': ':string',
    }),
    input: ':map',
    output: map({
      type: oneOf('resource data error notification'),
      'handle?': '[:union :resource-handle :string]',
      'data?': ':any',
      'size?': '#seconds',
      'checksum?': '#checksum',
      'metadata?': ':map',
    }),
    execution: map({
      'started-at': '#timestamp',
      'completed-at': '#timestamp',
      status: oneOf('success failure timeout cancelled'),
      'duration?': '#seconds',
      'cost?': '#money',
      'error?': ':any',
    }),
    signature: map({
      'signed-by': '#text',
      signature: '#text',
      algorithm: oneOf('ed25519 ecdsa-p256 rsa-2048'),
    }),
  },
  capability: {
    type: '#versioned-type',
    'capability-id': '#versioned-type',
    'created-at': '#timestamp',
    provider: map({
      name: '#text',
      contact: '#text',
      'node-id?': ':string',
      'reputation?': ':number',
      'certifications?': '[:seq :any]',
    }),
    function: map({
      name: '#text',
      description: ':string',
      signature: map({ inputs: ':any', outputs: ':any' }),
      'examples?': maps({ input: ':any', output: ':any' }),
    }),
    sla: map({
      availability: '[:and :number [:in-range 0 1]]',
      'cost-per-call?': '#money',
      'max-response-time?': '#seconds',
      'rate-limit?': map({ calls: ':int', period: ':any' }),
      'data-retention?': ':any',
      'geographic-restrictions?': '[:seq :any]',
    }),
    status: oneOf('draft active deprecated disabled'),
    'technical?': ':map',
    'marketplace?': ':map',
    'name?': ':string',
    'description?': ':string',
    'parameters?': ':any',
    'implementation?': ':any',
    'version?': ':any',
    'created-by?': ':any',
    'interface?': ':any',
    'metadata?': ':map',
  },
  resource: {
    type: '#versioned-type',
    'resource-id': '#id',
    handle: '[:union :resource-handle [:and :string [:non-empty]]]',
    'created-at': '#timestamp',
    'created-by': ':string',
    content: map({
      type: oneOf('file stream database api-endpoint memory'),
      size: '#seconds',
      'mime-type?': ':string',
      'encoding?': ':string',
      'checksum?': map({ algorithm: '#name', value: '#text' }),
    }),
    storage: map({
      backend: oneOf('local s3 gcs azure database memory'),
      'location?': ':any',
      'region?': ':any',
      'encryption?': ':any',
      'access-policy?': ':any',
    }),
    lifecycle: map({
      'ttl?': ':any',
      'auto-cleanup?': ':bool',
      'archive-after?': ':any',
      'backup-policy?': ':any',
    }),
    'metadata?': ':map',
    'access?': map({
      permissions: ':any',
      'expires-at?': '#timestamp',
      'accessed-by?': ':any',
      'access-count?': ':int',
    }),
    'uri?': ':any',
    'access-control?': ':any',
  },
}

/** What an object of any kind may have: the core type it is one of, and the name it was written with. */
const common: ObjectSchema = { 'extends?': '#versioned-type', 'rtfs/name?': ':any' }

/** The schemas by kind (LANGUAGE §17.3). Objects of other kinds are kept as they are. */
export const objectSchemas: ReadonlyMap<string, ObjectSchema> = new Map(
  Object.entries(schemas).map(([kind, schema]) => [kind, { ...schema, ...common }]),
)

/** What a map under `:program` of a plan holds, when it is not code. */
export const stepsOfProgram: ObjectSchema = { 'steps?': maps(step) }
