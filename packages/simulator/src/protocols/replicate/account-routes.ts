import type { Route } from '../protocol.js';
import { ACCOUNT } from './deployment-book.js';
import { addressOf, answer, notFound, page, type Desk } from './desk.js';
import { modelJson } from './model-routes.js';

const HARDWARE = [
  { name: 'CPU', sku: 'cpu' },
  { name: 'Nvidia T4 GPU', sku: 'gpu-t4' },
  { name: 'Nvidia L40S GPU', sku: 'gpu-l40s' },
];

/** What is the same for every model: the account, the secret of its webhooks, hardware, collections. */
export function accountRoutes(desk: Desk): readonly Route[] {
  const read = (path: RegExp, body: () => object): Route => ({
    method: 'GET',
    path,
    handle(exchange) {
      if (desk.admits(exchange)) answer(exchange, body());
    },
  });
  return [
    read(/^\/v1\/account$/u, () => ACCOUNT),
    read(/^\/v1\/hardware$/u, () => HARDWARE),
    read(/^\/v1\/webhooks\/default\/secret$/u, () => ({ key: desk.webhooks.secret })),
    read(/^\/v1\/collections$/u, () => page(collections(desk).map((slug) => collectionJson(slug)))),
    {
      method: 'GET',
      path: /^\/v1\/collections\/([\w-]+)$/u,
      handle(exchange, [slug = '']) {
        if (!desk.admits(exchange)) return;
        const models = desk.catalog.filter(({ collection }) => collection === slug);
        if (models.length === 0) return notFound(exchange);
        const address = addressOf(exchange);
        answer(exchange, {
          ...collectionJson(slug),
          full_description: null,
          models: models.map((model) => modelJson(model, address)),
        });
      },
    },
  ];
}

function collections({ catalog }: Desk): readonly string[] {
  return [...new Set(catalog.map(({ collection }) => collection))];
}

function collectionJson(slug: string): object {
  return { name: slug, slug, description: `Simulated models: ${slug}` };
}
