#include "fans/signal_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/email.h"
#include "fans/amount.h"
#include "rights/model.h"

namespace altis::fans {
namespace {

using codec::JsonScanner;
using codec::pick_members;
using codec::ScanKind;
using codec::ScanValue;

template <std::size_t N>
using Keys = std::array<std::string_view, N>;

template <std::size_t N>
Result<std::array<ScanValue, N>> pick(std::string_view object, const Keys<N>& keys) {
    std::array<ScanValue, N> values;
    if (const auto picked = pick_members(object, keys, values); !picked) {
        return fail(Code::kInvalid, "event.malformed", picked.error().message);
    }
    return values;
}

tl::unexpected<Error> bad_property(std::string_view member, std::string_view remedy) {
    return fail(Code::kInvalid, "event.bad_property",
                "the property '" + std::string(member) + "' " + std::string(remedy));
}

Result<std::string_view> required(Result<std::string_view> text, std::string_view member) {
    if (text && text->empty()) return bad_property(member, "is missing; send it as a text");
    return text;
}

// Whole part of a plain decimal number within [least, most].
Result<std::int64_t> whole_number(const ScanValue& value, std::string_view member,
                                  std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data(), end, number);
    const bool plain = value.text.find_first_of("eE") == std::string_view::npos;
    const bool below_zero = value.text.starts_with('-');
    if (!value.is_number() || error != std::errc() || !plain || below_zero || number < least ||
        number > most) {
        return bad_property(member, "must be a number from " + std::to_string(least) + " to " +
                                        std::to_string(most) + ", written without an exponent");
    }
    return number;
}

}  // namespace

std::string_view TextReader::keep(std::string text) {
    return store_.emplace_back(std::move(text));
}

Result<std::string_view> TextReader::text(const ScanValue& value, std::string_view member,
                                          std::size_t max_bytes) {
    if (!value.present()) return std::string_view();
    if (!value.is_string()) return bad_property(member, "must be a text in quotes");
    const auto decoded = codec::string_of(value, scratch_);
    if (!decoded) return bad_property(member, "holds half a surrogate pair; send valid Unicode");
    if (decoded->size() > max_bytes) {
        return fail(Code::kInvalid, "event.text_too_long",
                    "the member '" + std::string(member) + "' is longer than " +
                        std::to_string(max_bytes) + " bytes; shorten it");
    }
    return decoded->data() == scratch_.data() ? keep(std::string(*decoded)) : *decoded;
}

Result<std::string_view> TextReader::identifier(const ScanValue& value, std::string_view member) {
    const bool integer = value.is_number() && value.text.size() <= 20 &&
                         value.text.find_first_of(".eE") == std::string_view::npos;
    return integer ? Result<std::string_view>(value.text)
                   : text(value, member, kMaxIdentifierBytes);
}

Result<void> SignalReader::read(EventType type, std::string_view name, const ScanValue& properties,
                                const ScanValue& traits) {
    if (type == EventType::kIdentify && traits.present()) {
        if (traits.kind != ScanKind::kObject) return bad_property("traits", "must be an object");
        return read_traits(traits.text);
    }
    // Some dialects let any event say something about its fan.
    if (type == EventType::kTrack && traits.kind == ScanKind::kObject) {
        TRY_VOID(read_traits(traits.text));
    }
    if (type != EventType::kTrack) return {};
    if (!properties.present()) return read_track(name, "{}");
    if (properties.kind != ScanKind::kObject) {
        return bad_property("properties", "must be an object");
    }
    return read_track(name, properties.text);
}

void SignalReader::read_context(const ScanValue& context) {
    // Most contexts are long and have none. The letter is rarer than the quote before it.
    constexpr std::string_view kKey = "zone\"";
    if (context.kind != ScanKind::kObject) return;
    if (context.text.find(kKey) == std::string_view::npos) return;
    const auto values = pick(context.text, Keys<1>{"timezone"});
    if (!values) return;
    const auto zone = texts_.text(values->front(), "timezone");
    if (zone && !zone->empty()) out_.push_back({.kind = SignalKind::kSeenZone, .name = *zone});
}

Result<void> SignalReader::read_track(std::string_view name, std::string_view properties) {
    using Read = Result<void> (SignalReader::*)(std::string_view);
    constexpr std::pair<std::string_view, Read> kReads[] = {
        {"Content Viewed", &SignalReader::read_viewed},
        {"Athlete Followed", &SignalReader::read_followed},
        {"Athlete Unfollowed", &SignalReader::read_unfollowed},
        {"Sport Followed", &SignalReader::read_sport_followed},
        {"Sport Unfollowed", &SignalReader::read_sport_unfollowed},
        {"Content Shared", &SignalReader::read_shared},
        {"Order Completed", &SignalReader::read_order},
        {"Venue Entered", &SignalReader::read_entered},
        {"Message Opened", &SignalReader::read_opened},
        {"Consent Updated", &SignalReader::read_consent},
    };
    for (const auto& [known, read] : kReads) {
        if (known == name) return (this->*read)(properties);
    }
    return {};
}

Result<void> SignalReader::read_viewed(std::string_view properties) {
    TRY(const auto values, pick(properties, Keys<4>{"kind", "dwell_ms", "athlete", "sport"}));
    Signal signal{.kind = SignalKind::kViewed};
    TRY(signal.name, required(texts_.text(values[0], "kind"), "kind"));
    if (values[1].present()) {
        TRY(signal.value, whole_number(values[1], "dwell_ms", 0, kMaxDwellMs));
    }
    TRY(signal.reference, texts_.identifier(values[2], "athlete"));
    TRY(signal.sport, texts_.text(values[3], "sport"));
    if (signal.reference.size() > kMaxTextBytes) return bad_property("athlete", "is too long");
    out_.push_back(signal);
    return {};
}

Result<void> SignalReader::read_follow(std::string_view properties, std::int64_t value) {
    TRY(const auto values, pick(properties, Keys<1>{"athlete"}));
    Signal signal{.kind = SignalKind::kFollowed, .value = value};
    TRY(signal.name, required(texts_.identifier(values[0], "athlete"), "athlete"));
    if (signal.name.size() > kMaxTextBytes) return bad_property("athlete", "is too long");
    out_.push_back(signal);
    return {};
}

Result<void> SignalReader::read_sport_follow(std::string_view properties, std::int64_t value) {
    TRY(const auto values, pick(properties, Keys<1>{"sport"}));
    Signal signal{.kind = SignalKind::kSportFollowed, .value = value};
    TRY(signal.name, required(texts_.text(values[0], "sport"), "sport"));
    out_.push_back(signal);
    return {};
}

Result<void> SignalReader::read_shared(std::string_view properties) {
    TRY(const auto values, pick(properties, Keys<1>{"kind"}));
    Signal signal{.kind = SignalKind::kShared};
    TRY(signal.name, texts_.text(values[0], "kind"));
    out_.push_back(signal);
    return {};
}

Result<std::string_view> SignalReader::read_currency(const ScanValue& value) {
    TRY(const auto currency, texts_.text(value, "currency"));
    if (currency.empty()) return kDefaultCurrency;
    if (!is_currency(currency)) {
        return bad_property("currency", "must be an ISO 4217 code such as USD");
    }
    return currency;
}

Result<std::int64_t> SignalReader::read_amount(const ScanValue& value, std::string_view currency) {
    std::string_view text = value.text;
    if (value.is_string()) {
        TRY(text, texts_.text(value, "price"));
    }
    TRY(const auto minor, parse_minor(text, currency));
    if (minor > kMaxLineAmountMinor) {
        return fail(Code::kInvalid, "event.bad_amount",
                    "an amount is above the limit of " + std::to_string(kMaxLineAmountMinor) +
                        " minor units; check its unit");
    }
    return minor;
}

Result<void> SignalReader::read_order(std::string_view properties) {
    TRY(const auto values, pick(properties, Keys<6>{"order_id", "currency", "revenue", "total",
                                                    "products", "message_id"}));
    Signal order{.kind = SignalKind::kOrdered};
    TRY(order.name, texts_.identifier(values[0], "order_id"));
    TRY(order.currency, read_currency(values[1]));
    TRY(order.reference, texts_.text(values[5], "message_id"));
    if (order.name.size() > kMaxTextBytes) return bad_property("order_id", "is too long");
    const std::size_t place = out_.size();
    out_.push_back(order);
    TRY(order.value, read_products(values[4], order.currency));
    const ScanValue& stated = values[2].present() ? values[2] : values[3];
    if (stated.present()) {
        TRY(order.value, read_amount(stated, order.currency));
    }
    out_[place] = order;
    return {};
}

// Appends a signal per product and gives the sum of their amounts.
Result<std::int64_t> SignalReader::read_products(const ScanValue& products,
                                                 std::string_view currency) {
    if (!products.present()) return 0;
    JsonScanner scanner(products.text);
    if (!scanner.open_array()) return bad_property("products", "must be an array");
    ScanValue product;
    std::int64_t total = 0;
    std::size_t count = 0;
    while (scanner.next_item() && scanner.read(product)) {
        if (++count > kMaxProductsPerOrder) {
            return bad_property("products", "has more than " +
                                                std::to_string(kMaxProductsPerOrder) +
                                                " entries; split the order");
        }
        if (product.kind != ScanKind::kObject) {
            return bad_property("products", "must be an array of objects");
        }
        TRY(const auto amount, read_product(product.text, currency));
        total += amount;
    }
    return total;
}

Result<std::int64_t> SignalReader::read_product(std::string_view product,
                                                std::string_view currency) {
    TRY(const auto values, pick(product, Keys<5>{"category", "sport", "sku", "price", "quantity"}));
    Signal bought{.kind = SignalKind::kBought, .currency = currency, .quantity = 1};
    TRY(bought.name, required(texts_.text(values[0], "category"), "category"));
    TRY(bought.sport, texts_.text(values[1], "sport"));
    TRY(bought.reference, texts_.identifier(values[2], "sku"));
    if (bought.reference.size() > kMaxTextBytes) return bad_property("sku", "is too long");
    TRY(const auto price, read_amount(values[3], currency));
    if (values[4].present()) {
        TRY(bought.quantity, whole_number(values[4], "quantity", 1, kMaxQuantity));
    }
    bought.value = price * bought.quantity;
    if (bought.value > kMaxLineAmountMinor) {
        return fail(Code::kInvalid, "event.bad_amount",
                    "price times quantity of a product is above " +
                        std::to_string(kMaxLineAmountMinor) + " minor units; check the units");
    }
    out_.push_back(bought);
    return bought.value;
}

Result<void> SignalReader::read_entered(std::string_view properties) {
    TRY(const auto values, pick(properties, Keys<2>{"venue", "sport"}));
    Signal signal{.kind = SignalKind::kAttended};
    TRY(signal.reference, texts_.text(values[0], "venue"));
    TRY(signal.sport, required(texts_.text(values[1], "sport"), "sport"));
    out_.push_back(signal);
    return {};
}

Result<void> SignalReader::read_opened(std::string_view properties) {
    TRY(const auto values, pick(properties, Keys<1>{"message_id"}));
    Signal signal{.kind = SignalKind::kOpened};
    TRY(signal.name, required(texts_.text(values[0], "message_id"), "message_id"));
    out_.push_back(signal);
    return {};
}

Result<void> SignalReader::read_consent(std::string_view properties) {
    TRY(const auto values, pick(properties, Keys<3>{"purpose", "edition", "given"}));
    Signal signal{.kind = SignalKind::kConsent};
    TRY(signal.name, required(texts_.text(values[0], "purpose"), "purpose"));
    TRY(signal.reference, texts_.text(values[1], "edition"));
    if (std::ranges::find(rights::kPurposeNames, signal.name) == rights::kPurposeNames.end()) {
        return bad_property("purpose",
                            "names no purpose; use one of messages, analytics, "
                            "clean_room, personalisation, segment_sharing");
    }
    if (values[2].kind != ScanKind::kTrue && values[2].kind != ScanKind::kFalse) {
        return bad_property("given", "must be true or false");
    }
    signal.value = values[2].kind == ScanKind::kTrue ? 1 : 0;
    out_.push_back(signal);
    return {};
}

Result<void> SignalReader::read_traits(std::string_view traits) {
    TRY(const auto values, pick(traits, Keys<4>{"email", "language", "area", "timezone"}));
    TRY(const auto email, texts_.text(values[0], "email", 2 * codec::kMaxEmailBytes));
    TRY(const auto language, texts_.text(values[1], "language"));
    TRY(const auto area, texts_.text(values[2], "area"));
    TRY(const auto zone, texts_.text(values[3], "timezone"));
    if (auto tag = email_tag(keys_.email, email); !tag.empty()) {
        out_.push_back({.kind = SignalKind::kEmail, .name = texts_.keep(std::move(tag))});
    }
    if (!language.empty()) out_.push_back({.kind = SignalKind::kLanguage, .name = language});
    if (!area.empty()) out_.push_back({.kind = SignalKind::kArea, .name = area});
    if (!zone.empty()) out_.push_back({.kind = SignalKind::kZone, .name = zone});
    return {};
}

}  // namespace altis::fans
