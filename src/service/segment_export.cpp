#include "service/segment_export.h"

#include <algorithm>
#include <utility>

#include "codec/csv.h"
#include "codec/text.h"
#include "crypto/hash.h"
#include "service/access.h"

namespace altis::service {
namespace {

using codec::Json;

enum class Format : std::uint8_t { kCsv, kNdjson };

Result<Format> format_of(std::string_view name) {
    if (name.empty() || name == "csv") return Format::kCsv;
    if (name == "ndjson") return Format::kNdjson;
    return fail(Code::kInvalid, "request.bad_format", "format must be csv or ndjson");
}

// Whether user ids may be in it.
enum class Reader : std::uint8_t { kOwner, kOther };

struct Row {
    std::string fan;
    std::string_view user_id;
    rights::Consent consent;
};

// One export on its way through its turns.
class Export {
  public:
    Export(const Call& call, Services& services, server::Responder respond)
        : services_(services),
          respond_(std::move(respond)),
          organisation_(call.caller.organisation),
          edition_(edition_of(call)) {}

    // Reads the request and takes the members as they are now.
    Result<void> begin(Call& call);
    // Writes the next rows. Core thread.
    static void step(Turn& turn, const std::shared_ptr<Export>& self);

  private:
    void write_head();
    void write_fan(const World& world, SubjectId fan);
    void write(const Row& row);
    std::string tag_of(SubjectId fan) const;
    server::Response response();

    Services& services_;
    server::Responder respond_;
    std::string organisation_;
    std::string edition_;
    rights::Purpose purpose_ = rights::Purpose::kOperations;
    Format format_ = Format::kCsv;
    Reader reader_ = Reader::kOther;
    std::vector<SubjectId> members_;
    std::size_t done_ = 0;
    std::string text_;
};

Result<void> Export::begin(Call& call) {
    const auto purpose = rights::parse_purpose(call.request.query_value("purpose"));
    if (!purpose) {
        return fail(Code::kInvalid, "rights.unknown_purpose",
                    "name what the export is for, e.g. `?purpose=messages`");
    }
    purpose_ = *purpose;
    TRY(format_, format_of(call.request.query_value("format")));
    const World& world = call.turn.world();
    const auto* const segment = world.fans.segment(call.request.parameter("id"));
    const std::uint64_t size = segment == nullptr ? 0 : segment->members.size();
    const auto access = access_of(call, rights::Category::kFanEngagement, purpose_, edition_);
    TRY_VOID(require_access_on_record(call, access, size));
    if (segment == nullptr) {
        return fail(Code::kNotFound, "fans.unknown_segment",
                    "there is no cohort or segment of this id; GET /v1/segments lists them");
    }
    if (size > kMaxExportRows) {
        return fail(Code::kTooLarge, "fans.export_too_large",
                    "the segment has " + std::to_string(size) + " fans, an export at most " +
                        std::to_string(kMaxExportRows) + "; define smaller segments");
    }
    const auto owner = world.rights.owner(rights::Category::kFanEngagement, edition_);
    if (owner == organisation_) reader_ = Reader::kOwner;
    members_ = segment->members.members();
    write_head();
    return {};
}

void Export::write_head() {
    if (format_ == Format::kNdjson) return;
    text_ = reader_ == Reader::kOwner ? "fan,user_id," : "fan,";
    text_ += "purpose,edition,consent_at,consent_offset\r\n";
}

// The fan's number under a key, so that two organisations cannot compare what they got.
std::string Export::tag_of(SubjectId fan) const {
    constexpr std::size_t kTagBytes = 16;
    const std::string text = organisation_ + '\0' + std::to_string(to_number(fan));
    const auto mac = crypto::keyed_hash(services_.secrets.exports, text);
    return codec::to_hex(crypto::as_text(mac).substr(0, kTagBytes));
}

void Export::write(const Row& row) {
    const std::string at = format_rfc3339(row.consent.at);
    const std::string_view purpose = rights::to_string(purpose_);
    if (format_ == Format::kNdjson) {
        Json json = Json::object({{"fan", row.fan}});
        if (reader_ == Reader::kOwner) json.set("user_id", row.user_id);
        json.set("purpose", purpose).set("edition", edition_);
        json.set("consent_at", at).set("consent_offset", row.consent.offset);
        text_ += json.to_string() + '\n';
        return;
    }
    text_ += row.fan + ',';
    if (reader_ == Reader::kOwner) text_ += codec::spreadsheet_field(row.user_id) + ',';
    text_.append(purpose) += ',' + codec::csv_field(edition_) + ',' + at + ',' +
                             std::to_string(row.consent.offset) + "\r\n";
}

// A member may have withdrawn or be gone since the request began.
void Export::write_fan(const World& world, SubjectId fan) {
    if (!world.fans.is_fan(fan)) return;
    const auto consent = world.rights.consent(world.fans.subjects(fan), purpose_, edition_);
    if (!consent || !consent->given) return;
    write({tag_of(fan), world.fans.user_id(fan), *consent});
}

server::Response Export::response() {
    return server::text_response(
        200, format_ == Format::kCsv ? "text/csv; charset=utf-8" : "application/x-ndjson",
        std::move(text_));
}

void Export::step(Turn& turn, const std::shared_ptr<Export>& self) {
    const std::size_t end = std::min(self->done_ + kExportStepRows, self->members_.size());
    for (; self->done_ < end; ++self->done_)
        self->write_fan(turn.world(), self->members_[self->done_]);
    if (end == self->members_.size()) {
        return respond_when_durable(turn, self->respond_, self->response());
    }
    turn.then(
        TaskKind::kRead, [self](Turn& next) { step(next, self); },
        [self](const Error& error) { self->respond_(server::problem(error)); });
}

}  // namespace

Result<void> export_segment(Call& call, Services& services, const server::Responder& respond) {
    const auto job = std::make_shared<Export>(call, services, respond);
    TRY_VOID(job->begin(call));
    Export::step(call.turn, job);
    return {};
}

}  // namespace altis::service
