// Rules as JSON, for programs and forms; docs/rules.md describes both forms. JSON is put into the
// one-line text form, which is what is kept and shown.
//
//   rule = {"and": [rule, ...]} | {"or": [rule, ...]} | {"not": rule} | {"in": segment}
//        | {"left": sum, "is": sign, "right": sum}
//        | {"text": "area" | "language" | "zone", "is": "=" | "!=", "value": text}
//   sum  = term | [term, ...]
//   term = number | "50.00" | {"measure": name, "of": text | [text, ...], "times": integer}
#pragma once

#include <string>

#include "base/result.h"
#include "codec/json.h"

namespace altis::fans {

// The text form; parse_rule judges what it says. Fails with "fans.rule_malformed", naming the place
// by its JSON pointer (RFC 6901).
Result<std::string> rule_text(const codec::Json& rule);

}  // namespace altis::fans
