#include "fans/fans_projection.h"

#include "base/assert.h"
#include "codec/json.h"
#include "fans/fan_event.h"

namespace altis::fans {
namespace {

using warehouse::RowSink;
using warehouse::RowWriter;
using warehouse::TableSpec;
using warehouse::Type;

TableSpec fan_events_table() {
    return {std::string(kFanEventsTable),
            {{"edition", Type::kText},
             {"event_time", Type::kTime},
             {"received_at", Type::kTime},
             {"type", Type::kText},
             {"name", Type::kText},
             {"kind", Type::kText},
             {"item", Type::kText},
             {"sport", Type::kText},
             {"athlete", Type::kText},
             {"venue", Type::kText},
             {"currency", Type::kText},
             {"dwell_ms", Type::kInteger},
             {"amount_minor", Type::kMinor},
             {"quantity", Type::kInteger},
             {"given", Type::kBool}}};
}

// A signal in the words of the table; texts are empty where there is nothing.
struct Row {
    std::string_view kind = {};
    std::string_view item = {};
    std::string_view athlete = {};
    std::string_view venue = {};
    const std::int64_t* dwell_ms = nullptr;
    const std::int64_t* amount_minor = nullptr;
    const std::int64_t* quantity = nullptr;
    const std::int64_t* given = nullptr;
};

Row row_of(const Signal& signal) {
    Row row;
    switch (signal.kind) {
        case SignalKind::kViewed:
            row = {.kind = "viewed", .item = signal.name, .athlete = signal.reference};
            row.dwell_ms = &signal.value;
            break;
        case SignalKind::kFollowed:
            row = {.kind = signal.value != 0 ? "followed" : "unfollowed", .athlete = signal.name};
            break;
        case SignalKind::kOrdered:
            row = {.kind = "ordered", .amount_minor = &signal.value};
            break;
        case SignalKind::kBought:
            row = {.kind = "bought", .item = signal.name, .amount_minor = &signal.value};
            row.quantity = &signal.quantity;
            break;
        case SignalKind::kAttended:
            row = {.kind = "attended", .venue = signal.reference};
            break;
        case SignalKind::kOpened:
            row = {.kind = "opened"};
            break;
        case SignalKind::kConsent:
            row = {.kind = "consent", .item = signal.name, .given = &signal.value};
            break;
        case SignalKind::kLanguage:
            row = {.kind = "language", .item = signal.name};
            break;
        case SignalKind::kArea:
            row = {.kind = "area", .item = signal.name};
            break;
        case SignalKind::kEmail:
        case SignalKind::kSeenZone:
            break;
        case SignalKind::kShared:
            row = {.kind = "shared", .item = signal.name};
            break;
        case SignalKind::kSportFollowed:
            row = {.kind = signal.value != 0 ? "followed_sport" : "unfollowed_sport",
                   .item = signal.name};
            break;
        case SignalKind::kZone:
            row = {.kind = "zone", .item = signal.name};
            break;
    }
    return row;
}

void put_text(RowWriter& out, std::string_view text) {
    if (text.empty()) {
        out.null();
    } else {
        out.text(text);
    }
}

void put_number(RowWriter& out, const std::int64_t* number) {
    if (number == nullptr) {
        out.null();
    } else {
        out.number(*number);
    }
}

void write_row(RowWriter& out, std::string_view edition, const EventHead& head,
               const Signal& signal, const Row& row) {
    put_text(out, edition);
    out.time(head.event_time).time(head.received_at);
    out.text(kEventTypeNames[static_cast<std::size_t>(head.type)]);
    put_text(out, head.name);
    put_text(out, row.kind);
    put_text(out, row.item);
    put_text(out, signal.sport);
    put_text(out, row.athlete);
    put_text(out, row.venue);
    put_text(out, signal.currency);
    put_number(out, row.dwell_ms);
    put_number(out, row.amount_minor);
    put_number(out, row.quantity);
    if (row.given == nullptr) {
        out.null();
    } else {
        out.boolean(*row.given != 0);
    }
}

class FanEventsProjection final : public warehouse::Projection {
  public:
    std::string_view type() const override { return "fans.event"; }
    std::vector<TableSpec> tables() const override { return {fan_events_table()}; }

    void project(const journal::Record& record, RowSink& sink) const override {
        const auto event = decode_event(record.payload);
        ALTIS_ASSERT(event.has_value());
        Signal signal;
        bool written = false;
        for (SignalCursor cursor = event->signals(); cursor.next(signal);) {
            if (signal.kind == SignalKind::kEmail || signal.kind == SignalKind::kSeenZone) continue;
            RowWriter out = sink.row(0);
            write_row(out, record.topic, event->head, signal, row_of(signal));
            written = true;
        }
        if (written) return;
        RowWriter out = sink.row(0);
        write_row(out, record.topic, event->head, {}, {});
    }
};

class FansForgottenProjection final : public warehouse::Projection {
  public:
    std::string_view type() const override { return "fans.forgotten"; }
    std::vector<TableSpec> tables() const override { return {}; }

    void project(const journal::Record& record, RowSink& sink) const override {
        const auto payload = codec::parse_json(record.payload);
        ALTIS_ASSERT(payload.has_value());
        for (const codec::Json& number : (*payload)["subjects"].items()) {
            sink.forget(SubjectId{static_cast<std::uint32_t>(number.as_int())});
        }
    }
};

}  // namespace

std::unique_ptr<const warehouse::Projection> make_fan_events_projection() {
    return std::make_unique<FanEventsProjection>();
}

std::unique_ptr<const warehouse::Projection> make_fans_forgotten_projection() {
    return std::make_unique<FansForgottenProjection>();
}

}  // namespace altis::fans
