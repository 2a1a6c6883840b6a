import type { User } from './people.ts';
import type { Shape } from './problems.ts';
import type { State } from './state.ts';

/** What every interaction payload begins with. */
export function interactionOf({ directory, triggers }: State, user: User, type: string): Shape {
  return {
    type,
    // team is where the app is installed, user.team_id is where the person belongs: in shared channels they differ.
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: directory.appId,
    token: 'verification-token-is-deprecated',
    trigger_id: triggers.issue(user.id),
    team: { id: directory.team.id, domain: directory.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}
