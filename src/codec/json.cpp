#include "codec/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <simdjson.h>

#include "base/assert.h"

namespace altis::codec {
namespace {

const Json kNull;
const JsonArray kNoItems;
const JsonObject kNoMembers;

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_double(std::string& out, double value) {
    if (!std::isfinite(value)) {  // JSON has no such numbers
        out += "null";
        return;
    }
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out += text;
    // Without a point it would be read back as an integer, or not at all beyond 64 bits.
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

// Writes values; `indent_` < 0 means compact.
class Writer {
  public:
    Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

    void write(const Json& json) {
        if (json.is_null()) {
            out_ += "null";
        } else if (json.is_bool()) {
            out_ += json.as_bool() ? "true" : "false";
        } else if (json.is_int()) {
            append_integer(out_, json.as_int());
        } else if (json.is_number()) {
            append_double(out_, json.as_double());
        } else if (json.is_string()) {
            append_json_string(out_, json.as_string());
        } else if (json.is_array()) {
            write_items(json.items());
        } else {
            write_members(json.members());
        }
    }

  private:
    void write_items(const JsonArray& items) {
        open('[');
        for (std::size_t i = 0; i < items.size(); ++i) {
            separate(i);
            write(items[i]);
        }
        close(']', items.empty());
    }

    void write_members(const JsonObject& members) {
        open('{');
        for (std::size_t i = 0; i < members.size(); ++i) {
            separate(i);
            append_json_string(out_, members[i].first);
            out_ += pretty_ ? ": " : ":";
            write(members[i].second);
        }
        close('}', members.empty());
    }

    void open(char bracket) {
        out_.push_back(bracket);
        ++depth_;
    }

    void separate(std::size_t index) {
        if (index > 0) out_.push_back(',');
        new_line();
    }

    void close(char bracket, bool empty) {
        --depth_;
        if (!empty) new_line();
        out_.push_back(bracket);
    }

    void new_line() {
        if (!pretty_) return;
        out_.push_back('\n');
        out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
    }

    std::string& out_;
    bool pretty_;
    int depth_ = 0;
};

namespace dom = simdjson::dom;

Result<Json> convert(dom::element element);

Result<Json> convert_array(dom::array array) {
    JsonArray items;
    items.reserve(array.size());
    for (const dom::element item : array) {
        TRY(auto value, convert(item));
        items.push_back(std::move(value));
    }
    return Json(std::move(items));
}

bool has_key(const JsonObject& members, std::string_view key) {
    for (const auto& member : members) {
        if (member.first == key) return true;
    }
    return false;
}

Result<Json> convert_object(dom::object object) {
    constexpr std::size_t kMaxMembers = 10'000;  // keeps the duplicate check affordable
    JsonObject members;
    members.reserve(object.size());
    for (const auto field : object) {
        if (members.size() == kMaxMembers) {
            return fail(Code::kTooLarge, "json.too_many_members",
                        "a JSON object has more than 10000 members");
        }
        if (has_key(members, field.key)) {
            return fail(Code::kInvalid, "json.duplicate_key",
                        "the JSON key '" + std::string(field.key.substr(0, 64)) +
                            "' stands twice in one object");
        }
        TRY(auto value, convert(field.value));
        members.emplace_back(std::string(field.key), std::move(value));
    }
    return Json(std::move(members));
}

Result<Json> convert(dom::element element) {
    switch (element.type()) {
        case dom::element_type::ARRAY:
            return convert_array(element.get_array().value_unsafe());
        case dom::element_type::OBJECT:
            return convert_object(element.get_object().value_unsafe());
        case dom::element_type::INT64:
            return Json(element.get_int64().value_unsafe());
        case dom::element_type::DOUBLE:
            return Json(element.get_double().value_unsafe());
        case dom::element_type::STRING:
            return Json(element.get_string().value_unsafe());
        case dom::element_type::BOOL:
            return Json(element.get_bool().value_unsafe());
        case dom::element_type::NULL_VALUE:
            return Json();
        case dom::element_type::UINT64:
            break;
    }
    return fail(Code::kInvalid, "json.malformed", "an integer in the JSON is beyond 64 bits");
}

Error parse_error(simdjson::error_code code) {
    if (code == simdjson::DEPTH_ERROR) {
        return {Code::kInvalid, "json.too_deep",
                "the JSON is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels"};
    }
    if (code == simdjson::UTF8_ERROR) {
        return {Code::kInvalid, "json.not_utf8", "the JSON is not valid UTF-8"};
    }
    return {Code::kInvalid, "json.malformed",
            std::string("the JSON cannot be read: ") + simdjson::error_message(code)};
}

tl::unexpected<Error> member_error(const Json& object, std::string_view key,
                                   std::string_view wanted) {
    const std::string name(key);
    if (!object.contains(key)) {
        return fail(Code::kInvalid, "json.missing", "the member '" + name + "' is missing");
    }
    return fail(Code::kInvalid, "json.wrong_type",
                "the member '" + name + "' must be " + std::string(wanted));
}

}  // namespace

bool Json::as_bool(bool fallback) const {
    const auto* value = std::get_if<bool>(&value_);
    return value ? *value : fallback;
}

std::int64_t Json::as_int(std::int64_t fallback) const {
    const auto* value = std::get_if<std::int64_t>(&value_);
    return value ? *value : fallback;
}

double Json::as_double(double fallback) const {
    if (is_int()) return static_cast<double>(as_int());
    const auto* value = std::get_if<double>(&value_);
    return value ? *value : fallback;
}

std::string_view Json::as_string(std::string_view fallback) const {
    const auto* value = std::get_if<std::string>(&value_);
    return value ? std::string_view(*value) : fallback;
}

const JsonArray& Json::items() const {
    const auto* value = std::get_if<JsonArray>(&value_);
    return value ? *value : kNoItems;
}

const JsonObject& Json::members() const {
    const auto* value = std::get_if<JsonObject>(&value_);
    return value ? *value : kNoMembers;
}

const Json& Json::operator[](std::string_view key) const {
    for (const auto& member : members()) {
        if (member.first == key) return member.second;
    }
    return kNull;
}

bool Json::contains(std::string_view key) const {
    return has_key(members(), key);
}

Json& Json::set(std::string_view key, Json value) {
    if (is_null()) value_ = JsonObject{};
    auto* members = std::get_if<JsonObject>(&value_);
    ALTIS_ASSERT(members != nullptr);
    for (auto& member : *members) {
        if (member.first == key) {
            member.second = std::move(value);
            return *this;
        }
    }
    members->emplace_back(std::string(key), std::move(value));
    return *this;
}

Json& Json::push(Json value) {
    if (is_null()) value_ = JsonArray{};
    auto* items = std::get_if<JsonArray>(&value_);
    ALTIS_ASSERT(items != nullptr);
    items->push_back(std::move(value));
    return *this;
}

std::string Json::to_string() const {
    std::string out;
    Writer(out, false).write(*this);
    return out;
}

std::string Json::to_pretty_string() const {
    std::string out;
    Writer(out, true).write(*this);
    return out;
}

Result<std::string> require_string(const Json& object, std::string_view key) {
    const Json& value = object[key];
    if (!value.is_string()) return member_error(object, key, "a text");
    return std::string(value.as_string());
}

Result<std::int64_t> require_int(const Json& object, std::string_view key) {
    const Json& value = object[key];
    if (!value.is_int()) return member_error(object, key, "an integer");
    return value.as_int();
}

Result<Json> require_array(const Json& object, std::string_view key) {
    const Json& value = object[key];
    if (!value.is_array()) return member_error(object, key, "a list");
    return value;
}

Result<Json> require_object(const Json& object, std::string_view key) {
    const Json& value = object[key];
    if (!value.is_object()) return member_error(object, key, "an object");
    return value;
}

Result<Json> parse_json(std::string_view text) {
    if (text.empty()) return fail(Code::kInvalid, "json.malformed", "the JSON is empty");
    // simdjson keeps its buffers between calls; one parser per thread serves all.
    thread_local dom::parser parser = [] {
        dom::parser fresh;
        const auto error = fresh.allocate(0, kMaxJsonDepth);
        ALTIS_ASSERT(error == simdjson::SUCCESS);
        return fresh;
    }();
    dom::element root;
    if (parser.capacity() < text.size()) {
        if (parser.allocate(text.size(), kMaxJsonDepth) != simdjson::SUCCESS) {
            return fail(Code::kTooLarge, "json.too_large", "the JSON is too large to be read");
        }
    }
    const auto error = parser.parse(text.data(), text.size(), true).get(root);
    if (error != simdjson::SUCCESS) return tl::unexpected<Error>(parse_error(error));
    return convert(root);
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out.push_back('"');
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, start, i - start);
        start = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\r':
                out += "\\r";
                break;
            default:
                out += "\\u00";
                out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
                out.push_back(kHex[static_cast<unsigned char>(c) & 0x0F]);
        }
    }
    out.append(text, start, text.size() - start);
    out.push_back('"');
}

}  // namespace altis::codec
