import { AuthorizationV1Api, CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './stand-in.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({
    roles: { tenant: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], namespaces: ['shop'] }] },
  });
});
afterAll(() => lab.close());

const answerTo = (user: string, path: string) => lab.ask(user, 'GET', path);

describe('lab/cluster/gate', () => {
  it.each(['', 'wrong'])('does not know the token %j', async (token) => {
    const { code, json } = await lab.ask('admin', 'GET', '/api/v1/pods', { token });

    expect(code).toBe(401);
    expect(json).toMatchObject({ kind: 'Status', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
  });

  it.each`
    user        | path                                                              | message
    ${'nobody'} | ${'/api/v1/nodes'}                                                | ${'nodes is forbidden: User "USER" cannot list resource "nodes" in API group "" at the cluster scope'}
    ${'nobody'} | ${'/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/x'} | ${'networkpolicies.networking.k8s.io "x" is forbidden: User "USER" cannot get resource "networkpolicies" in API group "networking.k8s.io" in the namespace "shop"'}
    ${'prober'} | ${'/api/v1/namespaces/shop/secrets'}                              | ${'secrets is forbidden: User "USER" cannot list resource "secrets" in API group "" in the namespace "shop"'}
    ${'tenant'} | ${'/api/v1/pods'}                                                 | ${'pods is forbidden: User "USER" cannot list resource "pods" in API group "" at the cluster scope'}
    ${'nobody'} | ${'/apis/nonsense.example/v1/things'}                             | ${'things.nonsense.example is forbidden: User "USER" cannot list resource "things" in API group "nonsense.example" at the cluster scope'}
  `('tells $user at $path what is missing, and not whether it exists', async ({ user, path, message }) => {
    const { code, json } = await answerTo(user, path);

    expect(code).toBe(403);
    expect(json).toMatchObject({ reason: 'Forbidden', message: message.replace('USER', lab.cluster.userName(user)) });
  });

  it('lets a tenant into its namespace', async () => {
    expect((await answerTo('tenant', '/api/v1/namespaces/shop/pods')).code).toBe(200);
    expect((await answerTo('tenant', '/api/v1/namespaces/other/pods')).code).toBe(403);
  });

  it('shows the client library’s ApiException the Status as text', async () => {
    const attempt = lab.config('nobody').makeApiClient(CoreV1Api).listNode();

    await expect(attempt).rejects.toMatchObject({ code: 403, body: expect.stringContaining('"reason":"Forbidden"') });
  });

  it.each`
    user        | attributes                                                                      | allowed
    ${'prober'} | ${{ verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'shop' }} | ${true}
    ${'reader'} | ${{ verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'shop' }} | ${false}
    ${'prober'} | ${{ verb: 'create', resource: 'pods', namespace: 'shop' }}                      | ${false}
    ${'tenant'} | ${{ verb: 'list', resource: 'pods' }}                                           | ${false}
    ${'writer'} | ${{ verb: 'delete', group: 'networking.k8s.io', resource: 'networkpolicies' }}  | ${true}
    ${'nobody'} | ${{ verb: 'get', group: 'no.such.group', resource: 'x' }}                       | ${false}
  `('reviews $user’s access to $attributes', async ({ user, attributes, allowed }) => {
    const api = lab.config(user).makeApiClient(AuthorizationV1Api);

    const { status } = await api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: attributes } } });

    expect(status?.allowed).toBe(allowed);
    expect(status?.reason?.startsWith('RBAC: allowed by') ?? false).toBe(allowed);
  });

  it('does not review an empty question', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

    expect((await lab.ask('nobody', 'POST', path, { body: { spec: {} } })).code).toBe(422);
  });
});
