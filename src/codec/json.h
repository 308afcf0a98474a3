// JSON values (RFC 8259): read with limits, written compactly. Integers stay exact 64-bit integers;
// official decimals and money travel as texts or minor units, never as floating point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace altis::codec {

class Json;
using JsonArray = std::vector<Json>;
using JsonMember = std::pair<std::string, Json>;
using JsonObject = std::vector<JsonMember>;  // in written order; keys are unique after parsing

// One JSON value. Cheap to move, deep to copy.
class Json {
  public:
    Json() = default;  // null
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(int value) : value_(static_cast<std::int64_t>(value)) {}
    Json(std::int64_t value) : value_(value) {}
    Json(std::uint32_t value) : value_(static_cast<std::int64_t>(value)) {}
    Json(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}
    Json(double value) : value_(value) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(JsonArray value) : value_(std::move(value)) {}
    Json(JsonObject value) : value_(std::move(value)) {}

    // Json::object({{"fans", 3}, {"name", "owg2026"}}) and Json::array({1, 2}).
    static Json object(std::initializer_list<JsonMember> members = {}) {
        return JsonObject(members);
    }
    static Json array(std::initializer_list<Json> items = {}) { return JsonArray(items); }

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_number() const { return is_int() || std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<JsonArray>(value_); }
    bool is_object() const { return std::holds_alternative<JsonObject>(value_); }

    // Lenient reads: the fallback when the value is of another kind.
    bool as_bool(bool fallback = false) const;
    std::int64_t as_int(std::int64_t fallback = 0) const;
    double as_double(double fallback = 0) const;  // integers convert
    std::string_view as_string(std::string_view fallback = {}) const;
    const JsonArray& items() const;     // empty when not an array
    const JsonObject& members() const;  // empty when not an object

    // Member by name; null when absent or not an object.
    const Json& operator[](std::string_view key) const;
    bool contains(std::string_view key) const;

    // Sets or replaces a member; turns null into an object first. Asserts on other kinds.
    Json& set(std::string_view key, Json value);
    // Appends an item; turns null into an array first. Asserts on other kinds.
    Json& push(Json value);

    // Compact text, members in their order, non-ASCII as UTF-8.
    std::string to_string() const;
    // Indented by two spaces, for people.
    std::string to_pretty_string() const;

    friend bool operator==(const Json&, const Json&) = default;

  private:
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, JsonArray, JsonObject>
        value_ = nullptr;
};

// Strict reads of a named member, for requests: "json.missing" and "json.wrong_type" name the
// member.
Result<std::string> require_string(const Json& object, std::string_view key);
Result<std::int64_t> require_int(const Json& object, std::string_view key);
Result<Json> require_array(const Json& object, std::string_view key);
Result<Json> require_object(const Json& object, std::string_view key);

constexpr int kMaxJsonDepth = 64;

// Parses one document. Fails with "json.malformed" (says at which byte where known),
// "json.too_deep" (over kMaxJsonDepth levels), "json.duplicate_key", or "json.not_utf8". Integers
// beyond 64 bits are malformed.
Result<Json> parse_json(std::string_view text);

// Appends `text` as a quoted JSON string to `out`.
void append_json_string(std::string& out, std::string_view text);

}  // namespace altis::codec
