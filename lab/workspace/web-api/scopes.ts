/** What each method needs to be granted; one that is not here needs a token and nothing else. */
const neededBy: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'conversations.info': 'channels:read',
  'conversations.members': 'channels:read',
  'conversations.open': 'im:write',
  'users.info': 'users:read',
  'usergroups.list': 'usergroups:read',
  'usergroups.users.list': 'usergroups:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
};

/** Everything that any of the methods needs. */
export const everyScope: readonly string[] = ['commands', ...new Set(Object.values(neededBy))];

/** The scope that is wanting, if one is. */
export function missingScope(method: string, granted: readonly string[]): string | undefined {
  const needed = Object.hasOwn(neededBy, method) ? neededBy[method] : undefined;
  return needed !== undefined && !granted.includes(needed) ? needed : undefined;
}
