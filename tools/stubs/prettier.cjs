/**
 * Stands in for prettier, which json-schema-to-typescript loads even where it formats nothing. We never let it
 * format: its output goes through our own printer, and prettier would be four fifths of what we bundle.
 */
exports.format = () => {
  throw new TypeError('prettier is left out: call json-schema-to-typescript with format: false');
};
