// Type texts that many signatures share.

/** What can be taken apart into elements: characters of a string, `[k v]` entries of a map; nil has none. */
export const collection = '[:union [:seq :any] :string :map :nil]'

/** A collection for the functions that refuse maps. */
export const sequence = '[:union [:seq :any] :string :nil]'

/** A vector or list; nil counts as the empty one. */
export const sequential = '[:union [:seq :any] :nil]'

/** A map; nil counts as the empty one. */
export const mapOrNil = '[:union :map :nil]'

/** What can be called. */
export const callable = '[:union :fn :keyword]'

/** What may be a map key (LANGUAGE §3.3). */
export const mapKey = '[:union :keyword :string :int :bool]'
