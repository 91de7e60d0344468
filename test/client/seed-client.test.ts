/** The sample client of the seed document, to the letter, against the fake server: what the others are tested with keeps the seeds' protocol. */
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "./fake-server.ts";
import { DEPLOYMENT, seedsRun, ServedDeployment } from "./served-deployment.ts";

/** `seeds/progress-monitoring.md`, WebSocket Client Example. */
const SAMPLE = `
const ws = new WebSocket(\`ws://api.example.com/ws?token=\${authToken}\`);

ws.onopen = () => {
  console.log('Connected to progress stream');

  // Subscribe to deployment events
  ws.send(JSON.stringify({
    action: 'subscribe',
    channel: \`deployments/\${deploymentId}-\${environment}\`
  }));
};

ws.onmessage = (event) => {
  const message = JSON.parse(event.data);

  switch (message.type) {
    case 'deployment_started':
      console.log('Deployment started:', message.data);
      break;

    case 'stack_deploying':
      console.log(\`Deploying stack: \${message.data.stack}\`);
      updateProgressBar(message.data.stack, 0);
      break;

    case 'stack_progress':
      updateProgressBar(message.data.stack, message.data.progressPercent);
      break;

    case 'stack_deployed':
      console.log(\`✓ \${message.data.stack} deployed\`);
      updateProgressBar(message.data.stack, 100);
      break;

    case 'deployment_complete':
      console.log('Deployment complete:', message.data);
      ws.close();
      break;
  }
};

ws.onerror = (error) => {
  console.error('WebSocket error:', error);
};

ws.onclose = () => {
  console.log('Disconnected from progress stream');
};
`;

let server: FakeServer;

beforeEach(async () => {
  server = await new FakeServer().start();
});

afterEach(() => server.stop());

test("the seeds' sample client sees a deployment from its beginning to its end", async () => {
  const deployment = new ServedDeployment(server);
  const lines: unknown[] = [];
  const bars = new Map<unknown, unknown>();
  /** Stands at the sample's address. */
  const Here = function (address: string): WebSocket {
    return new WebSocket(address.replace("ws://api.example.com", server.url.replace("http", "ws")));
  };
  runInNewContext(SAMPLE, {
    WebSocket: Here,
    authToken: "t",
    deploymentId: "D1BRV40",
    environment: "dev",
    console: {
      log: (...line: unknown[]) => lines.push(line[0]),
      error: (...line: unknown[]) => lines.push(line[0]),
    },
    updateProgressBar: (stack: unknown, percent: unknown) => bars.set(stack, percent),
  });
  const run = seedsRun(1);
  deployment.commit(...run.slice(0, 10));
  await vi.waitFor(() => expect(server.requests).toEqual([{ action: "subscribe", channel: DEPLOYMENT }]));
  deployment.commit(...run.slice(10));
  await vi.waitFor(() => expect(lines.at(-1)).toBe("Disconnected from progress stream"));

  expect(lines[0]).toBe("Connected to progress stream");
  expect(lines[1]).toBe("Deployment started:");
  expect(lines.at(-2)).toBe("Deployment complete:");
  // One of the twelve is skipped.
  expect([...bars.values()]).toEqual(Array.from({ length: 11 }, () => 100));
  expect(server.connections).toEqual([{ url: "/ws?token=t", token: "t" }]);
});
