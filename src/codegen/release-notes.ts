import type { Variant } from '../rules/kind-rules';
import type { NoteOf } from './union-schemas';

/** A sentence for a field that not every release has: since when, until when, or in which channel only. */
export function releaseNotes(variants: readonly Variant[]): NoteOf {
  return (present, all) => {
    const having = present.map((index) => variants[index] as Variant);
    const total = all.map((index) => variants[index] as Variant);
    const notes = [...channelNote(having, total), ...rangeNote(having, total), ...versionNote(having, total)];
    return notes.length === 0 ? undefined : notes.join(' ');
  };
}

function channelNote(having: readonly Variant[], total: readonly Variant[]): string[] {
  const channels = distinct(having.map((variant) => variant.channel));
  const [only] = channels;
  const isOnly = channels.length === 1 && distinct(total.map((variant) => variant.channel)).length > 1;
  return isOnly && only !== undefined ? [`Only in the ${only} channel.`] : [];
}

/** Releases are compared within the channels that have the field at all. */
function rangeNote(having: readonly Variant[], total: readonly Variant[]): string[] {
  const channels = new Set(having.map((variant) => variant.channel));
  const releases = distinct(total.filter((variant) => channels.has(variant.channel)).map((variant) => variant.release));
  const present = distinct(having.map((variant) => variant.release));
  const first = present[0];
  const last = present[present.length - 1];
  return [
    ...(first === undefined || first === releases[0] ? [] : [`Since ${first}.`]),
    ...(last === undefined || last === releases[releases.length - 1] ? [] : [`Until ${last}.`]),
  ];
}

function versionNote(having: readonly Variant[], total: readonly Variant[]): string[] {
  const releases = new Set(having.map((variant) => `${variant.release} ${variant.channel ?? ''}`));
  const there = total.filter((variant) => releases.has(`${variant.release} ${variant.channel ?? ''}`));
  const present = distinct(having.map((variant) => variant.version));
  return present.length < distinct(there.map((variant) => variant.version)).length ? [`Only in ${present.join(', ')}.`] : [];
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
