import { variantsOf } from './entry.ts';
import { ip6tables, onNode, setFelix } from './words.ts';

const table = (name: string, priority: string, rules: string, policy = 'accept') =>
  `nft -f - <<'NFT'\ntable ${name} {\n chain filter_FORWARD {\n type filter hook forward priority ${priority}; policy ${policy};\n${rules}\n }\n}\nNFT`;

export const firewallEntries = [
  ...variantsOf('forward-policy-drop', 'firewall', {
    '': {
      how: 'the policy of the FORWARD chain is DROP, and Felix returns what it accepts to that chain',
      shape: { backend: 'nft' },
      inject: (plan) => ({
        script: [onNode(plan, `${ip6tables(plan)} -P FORWARD DROP`)],
        edit: setFelix({ iptablesFilterAllowAction: 'Return' }),
      }),
    },
    docker: {
      how: "Docker's chains and its policy DROP on FORWARD, and Felix returns what it accepts, in legacy tables",
      shape: { backend: 'legacy' },
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `for c in DOCKER-USER DOCKER-FORWARD DOCKER-ISOLATION-STAGE-1; do ${ip6tables(plan)} -N $c; ${ip6tables(plan)} -I FORWARD 1 -j $c; done`,
            `${ip6tables(plan)} -P FORWARD DROP`,
          ),
        ],
        edit: setFelix({ iptablesFilterAllowAction: 'Return' }),
        traffic: ['retries', 'strangers'],
      }),
    },
  }),
  ...variantsOf('host-firewall-reject', 'firewall', {
    '': {
      how: "a rule of the host's before Calico's rejects forwarded packets as administratively prohibited",
      shape: { backend: 'nft' },
      inject: (plan) => ({
        script: [onNode(plan, `${ip6tables(plan)} -I FORWARD 1 -o eth0 -j REJECT --reject-with icmp6-adm-prohibited`)],
      }),
    },
    ufw: {
      how: "ufw's forward chain comes before Calico's and rejects what it does not know",
      shape: { backend: 'legacy' },
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `${ip6tables(plan)} -N ufw6-reject-forward; ${ip6tables(plan)} -A ufw6-reject-forward -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN`,
            `${ip6tables(plan)} -A ufw6-reject-forward -j REJECT --reject-with icmp6-port-unreachable`,
            `${ip6tables(plan)} -I FORWARD 1 -j ufw6-reject-forward`,
          ),
        ],
        traffic: ['strangers'],
      }),
    },
  }),
  ...variantsOf('nft-other-table-drop', 'firewall', {
    '': {
      how: "firewalld's nftables table drops forwarded packets after Calico's table has accepted them",
      shape: { backend: 'nftables' },
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            table(
              'inet firewalld',
              'filter + 10',
              'ct state established,related accept\noifname "eth0" meta nfproto ipv6 counter drop',
            ),
          ),
        ],
      }),
    },
    docker: {
      how: "the policy of Docker's own nftables chain on the forward hook is drop",
      shape: { backend: 'nftables' },
      inject: (plan) => ({ script: [onNode(plan, `${ip6tables(plan)} -P FORWARD DROP`)] }),
    },
    earlier: {
      how: "a table of the host's drops before Calico's table sees the packet",
      shape: { backend: 'nftables' },
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            table('ip6 hostguard', 'filter - 10', `ip6 saddr ${plan.pool6} ip6 daddr 2000::/3 counter drop`),
          ),
        ],
        traffic: ['retries', 'strangers'],
      }),
    },
    'beside-ip6tables': {
      how: "Calico writes ip6tables, and a table of the host's that only nft shows drops forwarded packets",
      shape: { backend: 'nft' },
      inject: (plan) => ({
        script: [onNode(plan, table('inet hostguard', 'filter + 5', 'oifname "eth0" meta nfproto ipv6 counter drop'))],
      }),
    },
  }),
];
