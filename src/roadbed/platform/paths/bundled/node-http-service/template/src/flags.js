// Feature flags, defined in flags.json in flagd's form.

import { readFileSync } from "node:fs";

// What the code does when a flag is missing, disabled or of the wrong type: what it did before the flag.
export const GREET_FROM_UPSTREAM = "greet-from-upstream";

/** A function that answers a boolean flag. Another flag system changes this file only. */
export function loadFlags(path) {
  const { flags } = JSON.parse(readFileSync(path, "utf8"));
  return function isOn(key, otherwise = false) {
    const flag = flags[key];
    const value = flag?.state === "ENABLED" ? flag.variants[flag.defaultVariant] : undefined;
    return typeof value === "boolean" ? value : otherwise;
  };
}
