export * as api from '@opentelemetry/api';
export * as contextAsyncHooks from '@opentelemetry/context-async-hooks';
export * as sdkMetrics from '@opentelemetry/sdk-metrics';
export * as sdkTrace from '@opentelemetry/sdk-trace-base';
