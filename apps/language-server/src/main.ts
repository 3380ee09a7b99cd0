#!/usr/bin/env node
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node'
import { createCachedInL4 } from './cached-in-l4.js'
import { serve } from './server.js'

// `--stdio`, `--node-ipc` and `--socket=PORT` are understood by the library.
if (!process.argv.some(arg => /^--(stdio|node-ipc|socket)/.test(arg))) process.argv.push('--stdio')
serve(createConnection(ProposedFeatures.all), createCachedInL4())
