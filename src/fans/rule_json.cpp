#include "fans/rule_json.h"

#include <algorithm>
#include <string_view>

#include "fans/rule.h"

namespace altis::fans {
namespace {

using codec::Json;

// Writes one rule, knowing where in the JSON it is.
class RuleWriter {
  public:
    Result<void> rule(const Json& json, const std::string& place) {
        if (json.contains("and")) return joined(json["and"], " and ", place + "/and");
        if (json.contains("or")) return joined(json["or"], " or ", place + "/or");
        if (json.contains("not")) {
            text_ += "not (";
            TRY_VOID(rule(json["not"], place + "/not"));
            text_ += ')';
            return {};
        }
        if (json.contains("in")) {
            text_ += "in(";
            TRY_VOID(quoted(json["in"], place + "/in"));
            text_ += ')';
            return {};
        }
        if (json.contains("text")) return text_comparison(json, place);
        if (json.contains("left")) return comparison(json, place);
        return error(place, "expected an object with and, or, not, in, text or left");
    }

    std::string take() { return std::move(text_); }

  private:
    static tl::unexpected<Error> error(const std::string& place, std::string_view what) {
        return fail(Code::kInvalid, "fans.rule_malformed",
                    "at " + (place.empty() ? "/" : place) + ": " + std::string(what));
    }

    Result<void> joined(const Json& rules, std::string_view word, const std::string& place) {
        if (rules.items().empty()) return error(place, "expected a list of one or more rules");
        for (std::size_t i = 0; i < rules.items().size(); ++i) {
            if (i > 0) text_ += word;
            text_ += '(';
            TRY_VOID(rule(rules.items()[i], place + "/" + std::to_string(i)));
            text_ += ')';
        }
        return {};
    }

    Result<void> quoted(const Json& json, const std::string& place) {
        const std::string_view text = json.as_string();
        if (text.empty()) return error(place, "expected a text");
        if (text.find('"') != std::string_view::npos) {
            return error(place, "a text in a rule cannot hold a double quote");
        }
        text_.append("\"").append(text).append("\"");
        return {};
    }

    Result<void> sign(const Json& json, const std::string& place) {
        const std::string_view sign = json.as_string();
        if (std::ranges::find(kComparatorSigns, sign) == std::end(kComparatorSigns)) {
            return error(place, "expected one of >=, >, <=, <, = and !=");
        }
        text_.append(" ").append(sign).append(" ");
        return {};
    }

    Result<void> text_comparison(const Json& json, const std::string& place) {
        TRY_VOID(word(json["text"], place + "/text"));
        TRY_VOID(sign(json["is"], place + "/is"));
        return quoted(json["value"], place + "/value");
    }

    Result<void> comparison(const Json& json, const std::string& place) {
        TRY_VOID(sum(json["left"], place + "/left"));
        TRY_VOID(sign(json["is"], place + "/is"));
        return sum(json["right"], place + "/right");
    }

    Result<void> sum(const Json& json, const std::string& place) {
        if (!json.is_array()) return term(json, place);
        if (json.items().empty()) return error(place, "expected one or more terms");
        for (std::size_t i = 0; i < json.items().size(); ++i) {
            if (i > 0) text_ += " + ";
            TRY_VOID(term(json.items()[i], place + "/" + std::to_string(i)));
        }
        return {};
    }

    Result<void> term(const Json& json, const std::string& place) {
        if (json.is_object()) return measure(json, place);
        if (!json.is_int() && !json.is_string()) {
            return error(place,
                         "expected a measure, a whole number, or an amount such as \"50.00\"");
        }
        const std::string number =
            json.is_int() ? std::to_string(json.as_int()) : std::string(json.as_string());
        if (number.empty() || number.find_first_not_of("0123456789.") != std::string::npos) {
            return error(place, "expected a number that is not negative");
        }
        text_ += number;
        return {};
    }

    // A name, which must not bring any grammar with it.
    Result<void> word(const Json& json, const std::string& place) {
        const std::string_view name = json.as_string();
        const bool is_word = !name.empty() && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_';
        });
        if (!is_word) return error(place, "expected a name of small letters");
        text_ += name;
        return {};
    }

    Result<void> measure(const Json& json, const std::string& place) {
        if (json.contains("times")) {
            if (!json["times"].is_int()) return error(place + "/times", "expected a whole number");
            text_ += std::to_string(json["times"].as_int()) + " * ";
        }
        TRY_VOID(word(json["measure"], place + "/measure"));
        text_ += '(';
        const Json& of = json["of"];
        if (of.is_string()) TRY_VOID(quoted(of, place + "/of"));
        for (std::size_t i = 0; i < of.items().size(); ++i) {
            if (i > 0) text_ += ", ";
            TRY_VOID(quoted(of.items()[i], place + "/of/" + std::to_string(i)));
        }
        text_ += ')';
        return {};
    }

    std::string text_;
};

}  // namespace

Result<std::string> rule_text(const Json& rule) {
    RuleWriter writer;
    TRY_VOID(writer.rule(rule, ""));
    return writer.take();
}

}  // namespace altis::fans
