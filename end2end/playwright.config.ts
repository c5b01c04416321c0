// The browser tests: a real Chromium against the release build on a sandbox of its own, which Playwright starts.
// Every spec runs twice, with and without WebAssembly, unless its name says that it needs it: `*.hydrate.spec.ts`.
import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const target = fileURLToPath(new URL('../target', import.meta.url))
export const address = process.env.OUTGROW_E2E_ADDR ?? '127.0.0.1:3999'
// Credentials and the databases' addresses are found here; see fixtures.ts.
export const state = process.env.OUTGROW_E2E_STATE ?? `${target}/test/browser`

const ci = !!process.env.CI

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // One worker: the tests share three databases. No retries: a test that passes at times is a fault.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: ci,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    baseURL: `http://${address}`,
    locale: 'en-US',
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'wasm' },
    { name: 'no-wasm', use: { javaScriptEnabled: false }, testIgnore: '*.hydrate.spec.ts' },
    // Not tests: they take pictures, and only `make shots` asks for them.
    ...(process.env.OUTGROW_SHOTS ? [{ name: 'shots', testMatch: '*.shots.ts' }] : []),
  ],
  webServer: {
    // A fresh state; bound to this process, so that it ends even when this one is killed outright.
    command:
      `rm -rf "${state}" && exec setpriv --pdeathsig TERM ` +
      `"${target}/outgrow" demo --spare-shard --state "${state}" --site "${target}/site" --addr ${address}`,
    url: `http://${address}/login`,
    reuseExistingServer: !ci,
    timeout: 180_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
  },
})
