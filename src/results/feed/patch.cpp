#include "results/feed/patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace altis::results::feed {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonMember;
using codec::JsonObject;

// One step of a JSON pointer (RFC 6901) behind the path.
class Step {
  public:
    Step(std::string& path, std::string_view name) : path_(path), size_(path.size()) {
        path_.push_back('/');
        for (const char c : name) {
            if (c == '~') {
                path_ += "~0";
            } else if (c == '/') {
                path_ += "~1";
            } else {
                path_.push_back(c);
            }
        }
    }
    Step(std::string& path, std::size_t index) : Step(path, std::to_string(index)) {}
    ~Step() { path_.resize(size_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

  private:
    std::string& path_;
    std::size_t size_;
};

// Positions of a longest ascending subsequence of different numbers.
std::vector<std::size_t> longest_ascending(const std::vector<std::size_t>& numbers) {
    std::vector<std::size_t> tails;  // positions; the numbers there ascend
    std::vector<std::size_t> before(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto place = std::ranges::lower_bound(tails, numbers[i], {},
                                                    [&](std::size_t at) { return numbers[at]; });
        if (place != tails.begin()) before[i] = *(place - 1);
        if (place == tails.end()) {
            tails.push_back(i);
        } else {
            *place = i;
        }
    }
    std::vector<std::size_t> chosen(tails.size());
    if (tails.empty()) return chosen;
    std::size_t at = tails.back();
    for (std::size_t i = tails.size(); i-- > 0; at = before[at])
        chosen[i] = at;
    return chosen;
}

using Places = std::unordered_map<std::string_view, std::size_t>;

// Where each text stands; nothing when an item is no text or stands twice.
std::optional<Places> places_of(std::span<const Json> items) {
    Places places;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].is_string() || !places.emplace(items[i].as_string(), i).second) return {};
    }
    return places;
}

class Differ {
  public:
    void compare(const Json& from, const Json& to) {
        if (from.is_object() && to.is_object()) {
            compare_members(from.members(), to.members());
        } else if (from.is_array() && to.is_array()) {
            compare_items(from.items(), to.items());
        } else if (from != to) {
            operation("replace", &to);
        }
    }

    Json take() { return std::move(operations_); }

  private:
    void operation(std::string_view name, const Json* value) {
        Json json = Json::object({{"op", name}, {"path", path_}});
        if (value != nullptr) json.set("value", *value);
        operations_.push(std::move(json));
    }

    void compare_members(const JsonObject& from, const JsonObject& to) {
        auto a = from.begin();
        auto b = to.begin();
        while (a != from.end() || b != to.end()) {
            if (b == to.end() || (a != from.end() && a->first < b->first)) {
                const Step step(path_, a++->first);
                operation("remove", nullptr);
            } else if (a == from.end() || b->first < a->first) {
                const Step step(path_, b->first);
                operation("add", &b++->second);
            } else {
                const Step step(path_, a->first);
                compare(a++->second, b++->second);
            }
        }
    }

    void compare_items(std::span<const Json> from, std::span<const Json> to) {
        std::size_t begin = 0;
        while (!from.empty() && !to.empty() && from.front() == to.front()) {
            from = from.subspan(1);
            to = to.subspan(1);
            ++begin;
        }
        while (!from.empty() && !to.empty() && from.back() == to.back()) {
            from = from.first(from.size() - 1);
            to = to.first(to.size() - 1);
        }
        const auto old_places = places_of(from);
        if (old_places && places_of(to)) return move_texts(from, to, *old_places, begin);
        const std::size_t both = std::min(from.size(), to.size());
        for (std::size_t i = 0; i < both; ++i) {
            const Step step(path_, begin + i);
            compare(from[i], to[i]);
        }
        for (std::size_t i = from.size(); i > both; --i)
            remove_item(begin + i - 1);
        for (std::size_t i = both; i < to.size(); ++i)
            add_item(begin + i, to[i]);
    }

    // Most texts keep their order; the others are taken out and put in again.
    void move_texts(std::span<const Json> from, std::span<const Json> to, const Places& old_places,
                    std::size_t begin) {
        std::vector<std::size_t> old_place;  // of the texts that stay, in the new order
        std::vector<std::size_t> new_place;
        for (std::size_t i = 0; i < to.size(); ++i) {
            const auto found = old_places.find(to[i].as_string());
            if (found == old_places.end()) continue;
            old_place.push_back(found->second);
            new_place.push_back(i);
        }
        std::vector<bool> old_kept(from.size());
        std::vector<bool> new_kept(to.size());
        for (const std::size_t at : longest_ascending(old_place)) {
            old_kept[old_place[at]] = true;
            new_kept[new_place[at]] = true;
        }
        for (std::size_t i = from.size(); i-- > 0;) {
            if (!old_kept[i]) remove_item(begin + i);
        }
        for (std::size_t i = 0; i < to.size(); ++i) {
            if (!new_kept[i]) add_item(begin + i, to[i]);
        }
    }

    void remove_item(std::size_t index) {
        const Step step(path_, index);
        operation("remove", nullptr);
    }

    void add_item(std::size_t index, const Json& value) {
        const Step step(path_, index);
        operation("add", &value);
    }

    Json operations_ = Json::array();
    std::string path_;
};

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Code::kInvalid, "patch.malformed",
                "the patch has " + std::string(what) + "; ask for a snapshot");
}

tl::unexpected<Error> no_such_place() {
    return fail(Code::kInvalid, "patch.no_such_place",
                "a path of the patch names nothing in this document; ask for a snapshot");
}

// The steps of a JSON pointer, unescaped.
Result<std::vector<std::string>> steps_of(std::string_view pointer) {
    std::vector<std::string> steps;
    if (!pointer.empty() && pointer.front() != '/') return malformed("a path without '/'");
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            steps.emplace_back();
        } else if (pointer[i] != '~') {
            steps.back().push_back(pointer[i]);
        } else if (++i < pointer.size() && (pointer[i] == '0' || pointer[i] == '1')) {
            steps.back().push_back(pointer[i] == '0' ? '~' : '/');
        } else {
            return malformed("a path with a bad escape");
        }
    }
    return steps;
}

std::optional<std::size_t> index_of(std::string_view step) {
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool has_leading_zero = step.size() > 1 && step.front() == '0';
    if (ec != std::errc() || end != step.data() + step.size() || has_leading_zero) return {};
    return index;
}

enum class Verb : std::uint8_t { kAdd, kRemove, kReplace };

struct Operation {
    Verb verb = Verb::kAdd;
    Json value;
};

Result<Json> apply_at(const Json& node, std::span<const std::string> steps,
                      const Operation& operation);

Result<Json> apply_to_member(const Json& node, std::span<const std::string> steps,
                             const Operation& operation) {
    JsonObject members = node.members();
    const auto found = std::ranges::find(members, steps.front(), &JsonMember::first);
    if (steps.size() > 1) {
        if (found == members.end()) return no_such_place();
        TRY(found->second, apply_at(found->second, steps.subspan(1), operation));
        return Json(std::move(members));
    }
    if (operation.verb == Verb::kRemove) {
        if (found == members.end()) return no_such_place();
        members.erase(found);
    } else if (found != members.end()) {
        found->second = operation.value;
    } else if (operation.verb == Verb::kAdd) {
        const auto place = std::ranges::lower_bound(members, steps.front(), {}, &JsonMember::first);
        members.insert(place, {steps.front(), operation.value});
    } else {
        return no_such_place();
    }
    return Json(std::move(members));
}

Result<Json> apply_to_item(const Json& node, std::span<const std::string> steps,
                           const Operation& operation) {
    JsonArray items = node.items();
    const bool is_new = steps.size() == 1 && operation.verb == Verb::kAdd;
    const auto index =
        is_new && steps.front() == "-" ? std::optional(items.size()) : index_of(steps.front());
    if (!index || *index > items.size() || (*index == items.size() && !is_new)) {
        return no_such_place();
    }
    const auto place = items.begin() + static_cast<std::ptrdiff_t>(*index);
    if (is_new) {
        items.insert(place, operation.value);
    } else if (steps.size() == 1 && operation.verb == Verb::kRemove) {
        items.erase(place);
    } else {
        TRY(*place, apply_at(*place, steps.subspan(1), operation));
    }
    return Json(std::move(items));
}

Result<Json> apply_at(const Json& node, std::span<const std::string> steps,
                      const Operation& operation) {
    if (steps.empty()) {
        if (operation.verb == Verb::kRemove) return Json();
        return operation.value;
    }
    if (node.is_object()) return apply_to_member(node, steps, operation);
    if (node.is_array()) return apply_to_item(node, steps, operation);
    return no_such_place();
}

Result<Operation> operation_from(const Json& json) {
    const std::string_view name = json["op"].as_string();
    const bool has_value = json.contains("value");
    if (name == "remove") return Operation{Verb::kRemove, {}};
    if (name == "add" && has_value) return Operation{Verb::kAdd, json["value"]};
    if (name == "replace" && has_value) return Operation{Verb::kReplace, json["value"]};
    return malformed("an operation that is no add, remove or replace with its value");
}

}  // namespace

Json diff(const Json& from, const Json& to) {
    Differ differ;
    differ.compare(from, to);
    Json patch = differ.take();
    if (patch.items().empty() || patch.to_string().size() <= to.to_string().size()) return patch;
    return Json::array({Json::object({{"op", "replace"}, {"path", ""}, {"value", to}})});
}

Result<Json> apply(const Json& patch, const Json& document) {
    if (!patch.is_array() || patch.items().size() > kMaxPatchOperations) {
        return malformed("no list of at most 100000 operations");
    }
    Json changed = document;
    for (const Json& item : patch.items()) {
        TRY(const Operation operation, operation_from(item));
        if (!item["path"].is_string()) return malformed("an operation without a path");
        TRY(const auto steps, steps_of(item["path"].as_string()));
        TRY(changed, apply_at(changed, steps, operation));
    }
    return changed;
}

}  // namespace altis::results::feed
