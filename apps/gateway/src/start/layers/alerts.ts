import { formatUsd, sleep, systemClock } from '@inferway/core';
import type { AlertOptions, BudgetAlert } from '@inferway/core/spending';
import type { AlertsConfig } from '../../config/chain-config.js';
import { requireSecret } from '../../config/read-secret.js';
import type { Secret } from '../../config/secret.js';
import { inConfig } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';

// A receiver that does not answer must not hold up the end for long.
const LAST_ALERTS_MS = 2_000;

/** Where alerts of budgets go: to the operator's lines, and to the webhook of the config. @throws {InferwayError} `configuration` */
export async function alertOptions(
  facts: Pick<LayerFacts, 'environment' | 'closing' | 'complain'>,
  alerts: AlertsConfig<Secret>,
): Promise<AlertOptions> {
  const { environment, closing, complain } = facts;
  const { webhook: to, ...when } = alerts;
  const say = (alert: BudgetAlert): void => complain(alertText(alert));
  if (to === undefined) return { ...when, to: say };
  const secret = requireSecret(environment, to.secret.env, 'budgets.alerts.webhook.secret');
  const { webhook } = await import('@inferway/core/spending');
  const { url, allowHttp } = to;
  const send = inConfig('budgets.alerts.webhook', () =>
    webhook({
      url,
      allowHttp,
      secret,
      onFailure: ({ alert, reason }) =>
        complain(`an alert was not delivered (${reason}): ${alertText(alert)}`),
    }),
  );
  closing.add(async () => {
    const sent = new AbortController();
    const late = sleep(systemClock, LAST_ALERTS_MS, sent.signal).catch(() => {});
    await Promise.race([send.flush(), late]);
    sent.abort();
    send.close();
  });
  return { ...when, to: [say, send] };
}

function alertText({
  kind,
  budget,
  per,
  value,
  period,
  limit,
  spent,
  threshold,
}: BudgetAlert): string {
  const whose = value === '' ? '' : `, ${per} ${JSON.stringify(value)}`;
  const what = {
    threshold: `has reached ${Math.round((threshold ?? 0) * 100)} %`,
    refusal: 'refuses calls from now on',
    spike: 'is spent faster than before',
  }[kind];
  return `budget ${JSON.stringify(budget)}${whose} ${what}: ${formatUsd(spent)} of ${formatUsd(limit)} (${period})`;
}
