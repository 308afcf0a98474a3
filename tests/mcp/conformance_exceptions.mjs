// What the conformance runner asks of its reference server and a server of tools alone does not have. An exception holds for
// whole scenarios or for single checks of one, and only while the runner fails with these words.
const CALLS_SAMPLE = 'there is no tool of this name';
const NO_METHOD = 'its methods are tools/list and tools/call';

export const EXCEPTIONS = [
  { reason: 'prompts, resources, completion and logging are neither offered nor announced',
    says: NO_METHOD,
    scenarios: ['completion-complete', 'logging-set-level', 'prompts-get-embedded-resource', 'prompts-get-simple',
      'prompts-get-with-args', 'prompts-get-with-image', 'prompts-list', 'resources-list', 'resources-read-binary',
      'resources-read-text', 'resources-subscribe', 'resources-templates-read', 'resources-unsubscribe',
      'tools-call-with-logging', 'input-required-result-non-tool-request'],
    checks: ['sep-2549-prompts-list-caching-hints', 'sep-2549-resources-list-caching-hints',
      'sep-2549-resources-templates-list-caching-hints'] },
  { reason: 'wants a code for a resource that is missing; there are no resources',
    says: /got -32601|data\.uri is undefined/, scenarios: ['sep-2164-resource-not-found'] },
  { reason: 'calls a sample tool that answers with pictures, sounds, resources or progress; ours answer with JSON at once',
    says: CALLS_SAMPLE,
    scenarios: ['tools-call-audio', 'tools-call-embedded-resource', 'tools-call-image', 'tools-call-mixed-content',
      'tools-call-with-progress'] },
  { reason: 'calls a sample tool that asks the client back; ours ask nobody',
    says: new RegExp(`${CALLS_SAMPLE}|instead of re-requesting|Expected InputRequiredResult|could not get initial InputRequiredResult`),
    scenarios: ['elicitation-sep1034-defaults', 'elicitation-sep1330-enums', 'tools-call-elicitation', 'tools-call-sampling',
      'input-required-result-basic-elicitation', 'input-required-result-basic-list-roots',
      'input-required-result-basic-sampling', 'input-required-result-capability-check',
      'input-required-result-ignore-extra-params', 'input-required-result-missing-input-response',
      'input-required-result-multi-round', 'input-required-result-multiple-input-requests',
      'input-required-result-request-state', 'input-required-result-result-type', 'input-required-result-tampered-state'] },
  { reason: 'wants sample tools for capabilities, streams and logs, which ours do not use',
    says: 'Not testable: server does not list the diagnostic tool',
    checks: ['sep-2575-server-rejects-undeclared-capability', 'sep-2575-missing-capability-http-400',
      'sep-2575-http-server-no-independent-requests-on-stream', 'sep-2575-server-no-log-without-loglevel'] },
  { reason: 'looks for a sample tool whose schema has references; ours have flat ones',
    says: 'not found. Available tools', scenarios: ['json-schema-2020-12'] },
  { reason: 'wants a tool whose argument stands in a header as well; ours have none',
    says: 'Not testable: server exposes no tool with x-mcp-header', scenarios: ['http-custom-header-server-validation'] },
  { reason: 'resumes the stream of a session; there are no sessions and no streams',
    says: 'Server did not provide session ID', scenarios: ['server-sse-multiple-streams', 'server-sse-polling'] },
];
