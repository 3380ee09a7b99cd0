const { workspace } = require('vscode')
const { LanguageClient } = require('vscode-languageclient/node')

let client

/** Starts the language server when the first RTFS file is opened. */
exports.activate = () => {
  const path = workspace.getConfiguration('rtfs').get('server.path')
  const server = path.endsWith('.js')
    ? {
        command: process.execPath,
        args: [path, '--stdio'],
        options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
      }
    : { command: path, args: ['--stdio'] }
  client = new LanguageClient('rtfs', 'RTFS', server, { documentSelector: [{ language: 'rtfs' }] })
  return client.start()
}

exports.deactivate = () => client?.stop()
