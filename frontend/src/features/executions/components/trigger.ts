const triggers: Record<string, string> = {
  api: "API",
  canvas: "Canvas",
  cli: "Command line",
  webhook: "Webhook",
  schedule: "Schedule",
  event: "Event",
  mcp: "MCP",
  openai: "OpenAI API",
};

/** What started an execution, in words. */
export function triggerLabel(type: string): string {
  return triggers[type] ?? type;
}
