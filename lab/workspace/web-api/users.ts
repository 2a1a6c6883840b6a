import type { State } from '../state.ts';
import { type Methods, refuse, required } from './method.ts';

export function userMethods({ directory }: State): Methods {
  return {
    'users.info': (args) => {
      const user = directory.user(required(args, 'user'));
      if (!user) return refuse('user_not_found');
      return {
        user: {
          id: user.id,
          team_id: user.teamId,
          name: user.name,
          real_name: user.realName,
          deleted: user.deactivated,
          is_bot: user.isBot,
          is_app_user: false,
          is_restricted: user.isGuest,
          is_ultra_restricted: false,
          is_stranger: user.teamId !== directory.team.id,
          tz: 'Etc/UTC',
          profile: { real_name: user.realName, display_name: user.name, team: user.teamId },
        },
      };
    },

    'usergroups.list': (args) => ({
      usergroups: directory.groups.map((group) => ({
        id: group.id,
        team_id: directory.team.id,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        date_delete: 0,
        user_count: group.users.size,
        ...(String(args.include_users) === 'true' ? { users: [...group.users] } : {}),
      })),
    }),

    'usergroups.users.list': (args) => {
      const id = required(args, 'usergroup');
      const group = directory.groups.find((each) => each.id === id);
      return group ? { users: [...group.users] } : refuse('no_such_subteam');
    },
  };
}
