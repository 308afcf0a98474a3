#include "service/fans_table.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fans/features.h"

namespace altis::service {
namespace {

using cleanroom::Schema;

constexpr std::string_view kAttended = "attended.";
constexpr std::string_view kSegment = "segment.";
constexpr std::uint16_t kYes = 0;
constexpr std::uint16_t kNo = 1;

tl::unexpected<Error> unknown_segment(std::string_view id) {
    return fail(Code::kNotFound, "rooms.dataset_unknown",
                "the segment '" + std::string(id) + "' of the room is not defined");
}

// What a column asks about a fan.
struct Column {
    std::string_view attended;  // a name; empty: is the fan in `segment`?
    const fans::Segment* segment = nullptr;
};

Result<std::vector<Column>> columns_of(const World& world, const Schema& schema) {
    std::vector<Column> columns;
    for (const cleanroom::Dimension& dimension : schema.dimensions) {
        const std::string_view name = dimension.name;
        if (name.starts_with(kAttended)) {
            columns.push_back({name.substr(kAttended.size())});
            continue;
        }
        const std::string_view id = name.substr(kSegment.size());
        const fans::Segment* const segment = world.fans.segment(id);
        if (segment == nullptr) return unknown_segment(id);
        columns.push_back({{}, segment});
    }
    return columns;
}

bool is_yes(const World& world, SubjectId fan, const Column& column) {
    if (column.segment != nullptr) return column.segment->members->contains(fan);
    return world.fans.value(fan, {fans::Measure::kAttended, column.attended}) > 0;
}

}  // namespace

bool is_fans_table(const cleanroom::Owner& owner) {
    return cleanroom::protected_table(owner).dataset == cleanroom::kFansDataset;
}

Result<const fans::FanSet*> fans_of(const World& world, const cleanroom::Owner& owner) {
    const std::string_view dataset = owner.table.dataset;
    if (dataset == cleanroom::kFansDataset) return &world.fans.everyone();
    const std::string_view id = dataset.substr(cleanroom::kSegmentPrefix.size());
    const fans::Segment* const segment = world.fans.segment(id);
    if (segment == nullptr) return unknown_segment(id);
    return segment->members.get();
}

Result<Schema> fans_schema(const cleanroom::Owner& owner) {
    Schema schema;
    schema.key_column = "email";
    for (const std::string& column : owner.columns) {
        const bool is_known = (column.starts_with(kAttended) && column.size() > kAttended.size()) ||
                              (column.starts_with(kSegment) && column.size() > kSegment.size());
        if (!is_known) {
            return fail(Code::kInvalid, "rooms.column_unknown",
                        "fans have no column '" + column +
                            "'; their columns are attended.<what> and segment.<id>");
        }
        schema.dimensions.push_back({column, cleanroom::Domain::kPublic, {"yes", "no"}});
    }
    return schema;
}

Result<cleanroom::TableData> fans_table(const World& world, const cleanroom::Room& room,
                                        const cleanroom::Owner& owner, const Schema& schema) {
    if (world.rights.owner(rights::Category::kFanEngagement, room.edition) !=
        owner.table.organisation) {
        return fail(Code::kDenied, "rooms.not_an_owner",
                    "'" + owner.table.organisation + "' does not own the fans of " + room.edition);
    }
    TRY(const fans::FanSet* const fans, fans_of(world, owner));
    TRY(const std::vector<Column> columns, columns_of(world, schema));
    cleanroom::TableBuilder builder(schema);
    std::vector<std::uint16_t> codes(columns.size());
    for (const SubjectId fan : fans->members()) {
        const std::string_view tag = world.fans.email_tag(fan);
        if (tag.empty() || !world.has_consent(fan, rights::Purpose::kCleanRoom, room.edition)) {
            continue;
        }
        for (std::size_t i = 0; i < columns.size(); ++i)
            codes[i] = is_yes(world, fan, columns[i]) ? kYes : kNo;
        builder.add(cleanroom::tag_from_bytes(tag.substr(0, sizeof(cleanroom::Tag))),
                    {codes, {}, {}});
    }
    return std::move(builder).finish();
}

}  // namespace altis::service
