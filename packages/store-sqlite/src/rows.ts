import { type Digest, parseDigest } from '@rtfs/core'
import type { ModuleRecord, NewModuleRecord, RecordEmbedding, ValidationStatus } from '@rtfs/interfaces'
import { vectorBytes, vectorOfBytes } from '@rtfs/l4-client'
import type { SqliteRow, SqliteValue } from './driver.js'

/** The columns that are written when a record is inserted, in this order. */
export const insertedColumns = [
  'id',
  'namespace',
  'name',
  'interface_hash',
  'code_hash',
  'target',
  'abi',
  'storage_pointer',
  'ir_pointer',
  'source_pointer',
  'evidence_pointer',
  'export_name',
  'effects',
  'description',
  'semantic_embedding',
  'embedding_model',
  'embedding_revision',
  'embedding_dimension',
  'validation_status',
  'envelope',
  'creation_timestamp',
] as const

/** The values of `insertedColumns`. */
export function valuesOf(record: NewModuleRecord): readonly SqliteValue[] {
  const { embedding } = record
  const values: Record<(typeof insertedColumns)[number], SqliteValue> = {
    id: record.id,
    namespace: record.namespace,
    name: record.name,
    interface_hash: record.interfaceHash,
    code_hash: record.codeHash,
    target: record.target,
    abi: record.abi,
    storage_pointer: record.storagePointer,
    ir_pointer: record.irPointer ?? null,
    source_pointer: record.sourcePointer ?? null,
    evidence_pointer: record.evidencePointer,
    export_name: record.exportName,
    effects: JSON.stringify(record.effects),
    description: record.description,
    semantic_embedding: embedding === undefined ? null : vectorBytes(embedding.vector),
    embedding_model: embedding?.model ?? null,
    embedding_revision: embedding?.revision ?? null,
    embedding_dimension: embedding?.vector.length ?? null,
    validation_status: record.status,
    envelope: record.envelope,
    creation_timestamp: record.createdAt,
  }
  return insertedColumns.map(column => values[column])
}

/** Says which column of a row is not as this package writes it. */
export class RowProblem extends Error {}

/** The record of a row. Throws `RowProblem` for a row that somebody else has written or damaged. */
export function recordOf(row: SqliteRow): ModuleRecord {
  return {
    sequence: count(row, 'sequence'),
    id: text(row, 'id'),
    namespace: text(row, 'namespace'),
    name: text(row, 'name'),
    interfaceHash: digest(row, 'interface_hash'),
    codeHash: digest(row, 'code_hash'),
    target: text(row, 'target'),
    abi: text(row, 'abi'),
    storagePointer: digest(row, 'storage_pointer'),
    irPointer: row['ir_pointer'] === null ? undefined : digest(row, 'ir_pointer'),
    sourcePointer: row['source_pointer'] === null ? undefined : digest(row, 'source_pointer'),
    evidencePointer: digest(row, 'evidence_pointer'),
    exportName: text(row, 'export_name'),
    effects: effects(row),
    description: text(row, 'description'),
    embedding: embedding(row),
    status: status(row),
    envelope: text(row, 'envelope'),
    createdAt: count(row, 'creation_timestamp'),
    lastUsedAt: row['last_used_timestamp'] === null ? undefined : count(row, 'last_used_timestamp'),
    uses: count(row, 'uses'),
    failures: count(row, 'failures'),
    pinned: count(row, 'pinned') !== 0,
  }
}

function text(row: SqliteRow, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new RowProblem(`${column} is no text`)
  return value
}

function count(row: SqliteRow, column: string): number {
  const value = Number(row[column])
  if (!Number.isSafeInteger(value) || value < 0) throw new RowProblem(`${column} is no count`)
  return value
}

function digest(row: SqliteRow, column: string): Digest {
  const value = parseDigest(text(row, column))
  if (value === undefined) throw new RowProblem(`${column} is no digest`)
  return value
}

function status(row: SqliteRow): ValidationStatus {
  const value = row['validation_status']
  if (value === 'Verified' || value === 'Pending' || value === 'Revoked') return value
  throw new RowProblem('validation_status is none of Verified, Pending, Revoked')
}

function effects(row: SqliteRow): readonly string[] {
  let value: unknown
  try {
    value = JSON.parse(text(row, 'effects'))
  } catch {
    throw new RowProblem('effects is no JSON')
  }
  if (!Array.isArray(value) || !value.every(effect => typeof effect === 'string')) {
    throw new RowProblem('effects is no list of texts')
  }
  return value
}

function embedding(row: SqliteRow): RecordEmbedding | undefined {
  const bytes = row['semantic_embedding']
  if (bytes === null) return undefined
  const vector = bytes instanceof Uint8Array ? vectorOfBytes(bytes) : undefined
  if (vector?.length !== count(row, 'embedding_dimension')) {
    throw new RowProblem('semantic_embedding is no vector of its dimension')
  }
  return { vector, model: text(row, 'embedding_model'), revision: text(row, 'embedding_revision') }
}
