// Preloaded: whatever asks for a package of Pulumi gets that of the folder PULUMI_LINE.
const Module = require('node:module');
const { join } = require('node:path');

const line = new Module(join(process.env.PULUMI_LINE, 'package.json'));
line.filename = line.id;
line.paths = Module._nodeModulePaths(process.env.PULUMI_LINE);

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(request, parent, ...rest) {
  return resolveFilename.call(this, request, request.startsWith('@pulumi/') ? line : parent, ...rest);
};
