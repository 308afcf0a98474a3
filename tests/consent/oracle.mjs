// Makes random consent strings with the IAB's own packages, decodes each with them again, and writes
// what they say as JSON lines {kind, string, expected}; the last line holds their decode rates.
//   node oracle.mjs PACKAGES COUNT SEED
// PACKAGES is a folder with node_modules (tools/fetch_npm tests/consent makes one).
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [packages, countText, seedText] = process.argv.slice(2);
const count = Number(countText);
const packageOf = createRequire(resolve(packages, "package.json"));
const { SegmentEncoder, TCModel, TCString, PurposeRestriction } = await import(
  packageOf.resolve("@iabtcf/core"));
const { GppModel } = await import(packageOf.resolve("@iabgpp/cmpapi"));

// xorshift32: the same strings for the same seed.
let state = Number(seedText) >>> 0 || 1;
function below(n) {
  state ^= state << 13; state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5; state >>>= 0;
  return state % n;
}
const coin = () => below(2) === 1;
const letters = () => String.fromCharCode(65 + below(26), 65 + below(26));
const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);
const some = (n) => upTo(n).filter(coin);
const when = () => new Date((15_000_000_000 + below(4_000_000_000) + below(2) * 1e9) * 100);

// Vendors: none, dense (a bit field is shorter), runs, or few and far between (ranges are shorter).
function vendors() {
  switch (below(5)) {
    case 0: return [];
    case 1: return some(1 + below(1200));
    case 2: return upTo(1 + below(900)).map((n) => n + below(17));
    case 3: return upTo(1 + below(12)).map(() => 1 + below(65535));
    default: {
      const first = 1 + below(4000);
      return upTo(1 + below(600)).map((n) => first + n);
    }
  }
}
const ascending = (numbers) => [...new Set(numbers)].sort((a, b) => a - b);

// Ascending ids as [first, last] pairs.
function ranges(ids) {
  const out = [];
  for (const id of ids) {
    if (out.length > 0 && out.at(-1)[1] + 1 === id) out.at(-1)[1] = id;
    else out.push([id, id]);
  }
  return out;
}

function addRestrictions(model) {
  const known = upTo(300);
  model.publisherRestrictions.gvl_ = { vendorIds: new Set(known) };
  for (let i = below(4); i > 0; --i) {
    const restriction = new PurposeRestriction(1 + below(11), below(3));
    for (const id of some(1 + below(200))) model.publisherRestrictions.add(id, restriction);
  }
}

function randomTcModel() {
  const model = new TCModel();
  model.created = when();
  model.lastUpdated = when();
  model.cmpId = 2 + below(4094);
  model.cmpVersion = below(4096);
  model.consentScreen = below(64);
  model.consentLanguage = letters();
  model.vendorListVersion = below(4096);
  model.policyVersion = below(64);
  model.isServiceSpecific = coin();
  model.useNonStandardStacks = coin();
  model.specialFeatureOptins.set(some(12));
  model.purposeConsents.set(some(24));
  model.purposeLegitimateInterests.set(some(24));
  model.purposeOneTreatment = coin();
  model.publisherCountryCode = letters();
  model.vendorConsents.set(vendors());
  model.vendorLegitimateInterests.set(vendors());
  model.vendorsDisclosed.set(vendors());
  model.vendorsAllowed.set(vendors());
  model.publisherConsents.set(some(24));
  model.publisherLegitimateInterests.set(some(24));
  model.numCustomPurposes = below(64);
  model.publisherCustomConsents.set(some(model.numCustomPurposes));
  model.publisherCustomLegitimateInterests.set(some(model.numCustomPurposes));
  return model;
}

const SEGMENTS = ["vendorsDisclosed", "vendorsAllowed", "publisherTC"];

function randomTcString(prepare) {
  const model = randomTcModel();
  prepare(model);
  const segments = ["core", ...SEGMENTS.filter(coin)];
  return segments.map((segment) => SegmentEncoder.encode(model, segment)).join(".");
}

const micros = (date) => date.toISOString().replace("Z", "000Z");
const members = (vector) => ascending(vector.values());

function restrictionsOf(model) {
  return model.publisherRestrictions.getRestrictions().map((restriction) => ({
    purpose: restriction.purposeId,
    type: restriction.restrictionType,
    vendors: ranges(ascending(model.publisherRestrictions.getVendors(restriction))),
  }));
}

function publisherOf(model) {
  return {
    purposes_consent: members(model.publisherConsents),
    purposes_legitimate_interest: members(model.publisherLegitimateInterests),
    custom_purpose_count: model.numCustomPurposes,
    custom_purposes_consent: members(model.publisherCustomConsents),
    custom_purposes_legitimate_interest: members(model.publisherCustomLegitimateInterests),
  };
}

function tcExpected(string) {
  const model = TCString.decode(string);
  const types = string.split(".").slice(1).map((segment) => "IQY".indexOf(segmentType(segment)));
  return {
    created: micros(model.created),
    last_updated: micros(model.lastUpdated),
    cmp_id: model.cmpId,
    cmp_version: model.cmpVersion,
    consent_screen: model.consentScreen,
    consent_language: model.consentLanguage,
    vendor_list_version: model.vendorListVersion,
    policy_version: model.policyVersion,
    is_service_specific: model.isServiceSpecific,
    use_non_standard_texts: model.useNonStandardStacks,
    special_feature_optins: members(model.specialFeatureOptins),
    purposes_consent: members(model.purposeConsents),
    purposes_legitimate_interest: members(model.purposeLegitimateInterests),
    purpose_one_treatment: model.purposeOneTreatment,
    publisher_country: model.publisherCountryCode,
    vendor_consent: members(model.vendorConsents),
    vendor_legitimate_interest: members(model.vendorLegitimateInterests),
    publisher_restrictions: restrictionsOf(model),
    ...(types.includes(0) ? { disclosed_vendors: members(model.vendorsDisclosed) } : {}),
    ...(types.includes(1) ? { allowed_vendors: members(model.vendorsAllowed) } : {}),
    ...(types.includes(2) ? { publisher_tc: publisherOf(model) } : {}),
  };
}

// The first of the eight digits that share the three bits of a segment's type.
function segmentType(segment) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return digits[digits.indexOf(segment[0]) & ~7];
}

const snake = (name) => name.replace(/[A-Z]/g, (c, at) => (at ? "_" : "") + c.toLowerCase());
const US_FIELDS = {
  usnat: ["SharingNotice", "SaleOptOutNotice", "SharingOptOutNotice",
    "TargetedAdvertisingOptOutNotice", "SensitiveDataProcessingOptOutNotice",
    "SensitiveDataLimitUseNotice", "SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut",
    "SensitiveDataProcessing", "KnownChildSensitiveDataConsents", "PersonalDataConsents",
    "MspaCoveredTransaction", "MspaOptOutOptionMode", "MspaServiceProviderMode"],
  usca: ["SaleOptOutNotice", "SharingOptOutNotice", "SensitiveDataLimitUseNotice", "SaleOptOut",
    "SharingOptOut", "SensitiveDataProcessing", "KnownChildSensitiveDataConsents",
    "PersonalDataConsents", "MspaCoveredTransaction", "MspaOptOutOptionMode",
    "MspaServiceProviderMode"],
};
const US_LISTS = { usnat1: [12, 2], usnat2: [16, 3], usca1: [9, 2] };

function fillUs(model, section) {
  const version = section === "usnat" ? 1 + below(2) : 1;
  const [sensitive, children] = US_LISTS[section + version];
  model.setFieldValue(section, "Version", version);
  for (const field of US_FIELDS[section]) {
    let value = below(3);
    if (field === "MspaCoveredTransaction") value = 1 + below(2);
    if (field === "SensitiveDataProcessing") value = upTo(sensitive).map(() => below(3));
    if (field === "KnownChildSensitiveDataConsents") value = upTo(children).map(() => below(3));
    // The encoder takes lists of the newest version's length and cuts them itself.
    if (Array.isArray(value) && section === "usnat") {
      value = [...value, ...Array(16).fill(0)].slice(0, field.startsWith("S") ? 16 : 3);
    }
    model.setFieldValue(section, field, value);
  }
  const included = coin();
  model.setFieldValue(section, "GpcSegmentIncluded", included);
  if (included) model.setFieldValue(section, "Gpc", coin());
}

const bools = (n) => Array.from({ length: n }, coin);

function fillTcf(model) {
  const set = (field, value) => model.setFieldValue("tcfeuv2", field, value);
  set("CmpId", below(4096));
  set("CmpVersion", below(4096));
  set("ConsentScreen", below(64));
  set("ConsentLanguage", letters());
  set("VendorListVersion", below(4096));
  set("PolicyVersion", below(64));
  set("UseNonStandardStacks", coin());
  set("SpecialFeatureOptins", bools(12));
  set("PurposeConsents", bools(24));
  set("PurposeLegitimateInterests", bools(24));
  set("PurposeOneTreatment", coin());
  set("PublisherCountryCode", letters());
  set("VendorConsents", ascending(vendors()));
  set("VendorLegitimateInterests", ascending(vendors()));
  set("VendorsDisclosed", ascending(vendors()));
  set("PublisherConsents", bools(24));
  set("PublisherLegitimateInterests", bools(24));
  set("Created", when());
}

// US states whose sections are kept as text, with their ids.
const OTHERS = [["usva", 9], ["usco", 10], ["usut", 11], ["usct", 12], ["usfl", 13], ["ustx", 16]];

function randomGppModel() {
  const model = new GppModel();
  if (coin()) fillTcf(model);
  if (coin()) {
    for (const field of ["Notice", "OptOutSale", "LspaCovered"]) {
      model.setFieldValue("uspv1", field, "YN-"[below(3)]);
    }
  }
  if (coin()) fillUs(model, "usnat");
  if (coin()) fillUs(model, "usca");
  for (const [name] of OTHERS) {
    if (below(4) === 0) model.setFieldValue(name, "SaleOptOut", below(3));
  }
  return model;
}

function usContent(model, section) {
  const field = (name) => model.getFieldValue(section, name);
  const content = { version: field("Version") };
  for (const name of US_FIELDS[section]) content[snake(name)] = field(name);
  if (field("GpcSegmentIncluded")) content.gpc = field("Gpc");
  return content;
}

const setBits = (values) => values.flatMap((value, i) => (value ? [i + 1] : []));

function tcfContent(model) {
  const field = (name) => model.getFieldValue("tcfeuv2", name);
  return {
    created: micros(field("Created")),
    last_updated: micros(field("LastUpdated")),
    cmp_id: field("CmpId"),
    cmp_version: field("CmpVersion"),
    consent_screen: field("ConsentScreen"),
    consent_language: field("ConsentLanguage"),
    vendor_list_version: field("VendorListVersion"),
    policy_version: field("PolicyVersion"),
    is_service_specific: field("IsServiceSpecific"),
    use_non_standard_texts: field("UseNonStandardStacks"),
    special_feature_optins: setBits(field("SpecialFeatureOptins")),
    purposes_consent: setBits(field("PurposeConsents")),
    purposes_legitimate_interest: setBits(field("PurposeLegitimateInterests")),
    purpose_one_treatment: field("PurposeOneTreatment"),
    publisher_country: field("PublisherCountryCode"),
    vendor_consent: field("VendorConsents"),
    vendor_legitimate_interest: field("VendorLegitimateInterests"),
    publisher_restrictions: [],
    disclosed_vendors: field("VendorsDisclosed"),
    publisher_tc: {
      purposes_consent: setBits(field("PublisherConsents")),
      purposes_legitimate_interest: setBits(field("PublisherLegitimateInterests")),
      custom_purpose_count: field("NumCustomPurposes"),
      custom_purposes_consent: setBits(field("PublisherCustomConsents")),
      custom_purposes_legitimate_interest: setBits(field("PublisherCustomLegitimateInterests")),
    },
  };
}

function uspContent(model) {
  const field = (name) => model.getFieldValue("uspv1", name);
  return { version: field("Version"), notice: field("Notice"), opt_out_sale: field("OptOutSale"),
    lspa_covered: field("LspaCovered") };
}

const CONTENTS = {
  2: ["tcfeuv2", tcfContent],
  6: ["uspv1", uspContent],
  7: ["usnat", (model) => usContent(model, "usnat")],
  8: ["usca", (model) => usContent(model, "usca")],
};

function gppExpected(string) {
  const model = new GppModel(string);
  const texts = string.split("~").slice(1);
  const sections = model.getSectionIds().map((id, i) => {
    if (!CONTENTS[id]) return { id, text: texts[i] };
    const [name, content] = CONTENTS[id];
    return { id, name, content: content(model) };
  });
  return { sections };
}

// Strings per CPU-second, over at least one second behind a first round that warms up.
function rate(strings, decode) {
  strings.forEach(decode);
  const start = process.cpuUsage();
  let done = 0, seconds = 0;
  while (seconds < 1) {
    strings.forEach(decode);
    done += strings.length;
    const used = process.cpuUsage(start);
    seconds = (used.user + used.system) / 1e6;
  }
  return Math.round(done / seconds);
}

// One character changed, or the end cut off.
function damaged(string) {
  const at = 1 + below(string.length - 1);
  if (below(4) === 0) return string.slice(0, at);
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return string.slice(0, at) + digits[below(digits.length)] + string.slice(at + 1);
}

// What the oracle says of a damaged string; null when it refuses.
function tried(decode, string) {
  try {
    return decode(string);
  } catch {
    return null;
  }
}

const tcStrings = upTo(count).map(() => randomTcString(addRestrictions));
// Without restrictions: a range of them that damage made wide takes the oracle minutes.
const plainTcStrings = upTo(count).map(() => randomTcString(() => {}));
const gppStrings = upTo(count).map(() => randomGppModel().encode());
const lines = [
  ...tcStrings.map((string) => ({ kind: "tcf", string, expected: tcExpected(string) })),
  ...gppStrings.map((string) => ({ kind: "gpp", string, expected: gppExpected(string) })),
  ...plainTcStrings.map(damaged).map((string) => (
    { kind: "tcf_damaged", string, expected: tried(tcExpected, string) })),
  {
    kind: "rates",
    tcf: rate(tcStrings, (string) => TCString.decode(string)),
    gpp: rate(gppStrings, (string) => new GppModel(string).toObject()),
  },
];
for (const line of lines) process.stdout.write(JSON.stringify(line) + "\n");
