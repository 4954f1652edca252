// Of Node's types, which Debian has no package of.
declare const process: { env: Record<string, string | undefined> };
