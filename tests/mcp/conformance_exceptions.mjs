export const SCENARIOS = {};
export const CHECKS = {};
