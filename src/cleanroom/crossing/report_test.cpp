#include "cleanroom/crossing/report.h"

#include <gtest/gtest.h>

#include "cleanroom/crossing/dh_protocol.h"

namespace altis::cleanroom::crossing {
namespace {

using codec::Json;

// A crossing that both sides signed, as its first party reports it.
struct Kept {
    crypto::Signer left{crypto::Digest{1}};
    crypto::Signer right{crypto::Digest{2}};
    crypto::Digest session{7};
    Terms terms{
        "la28-airline",
        "segment_sharing",
        Identifier::kEmail,
        std::string(kDhProtocol),
        20,
        {Party{"la28", left.public_key(), true}, Party{"airline", right.public_key(), false}},
        Time{2'000'000}};

    Crossed crossed() const {
        Crossed done;
        done.own_class = 512;
        done.peer_class = 768;
        done.own_signature = left.sign(hello_text(0, session, hash_of(terms), 512));
        done.peer_signature = right.sign(hello_text(1, session, hash_of(terms), 768));
        return done;
    }
    Json report() const { return report_of(terms, 0, session, crossed()); }
};

std::string refusal(const Json& report) {
    const auto verified = verify_report(report);
    return verified ? "" : verified.error().reason;
}

Json with(Json json, std::string_view member, Json value) {
    json.set(std::string(member), std::move(value));
    return json;
}

TEST(CrossingReport, IsVerifiedFromEitherSideWithoutAnything) {
    const Kept kept;
    EXPECT_EQ(refusal(kept.report()), "");
    EXPECT_EQ(refusal(codec::parse_json(kept.report().to_string()).value()), "");
    Crossed other = kept.crossed();
    std::swap(other.own_class, other.peer_class);
    std::swap(other.own_signature, other.peer_signature);
    EXPECT_EQ(refusal(report_of(kept.terms, 1, kept.session, other)), "");
    // A number that is the writer's word alone may be added.
    EXPECT_EQ(refusal(with(kept.report(), "in_both", 5)), "");
}

TEST(CrossingReport, WhatWasSignedCannotBeChanged) {
    const Kept kept;
    const Json report = kept.report();
    const auto changed = [&](std::string_view member, std::string_view inner, Json value) {
        return refusal(with(report, member, with(report[member], inner, std::move(value))));
    };
    EXPECT_EQ(changed("own", "size_class", 768), "crossing.report_forged");
    EXPECT_EQ(changed("peer", "size_class", 1024), "crossing.report_forged");
    EXPECT_EQ(changed("peer", "signature", report["own"]["signature"]), "crossing.report_forged");
    EXPECT_EQ(changed("terms", "minimum", 21), "crossing.report_forged");
    EXPECT_EQ(refusal(with(report, "session", std::string(64, '0'))), "crossing.report_forged");
    EXPECT_EQ(refusal(with(report, "room", "another")), "crossing.report_forged");
    EXPECT_EQ(refusal(with(report, "trust", "T0: ...")), "crossing.report_forged");
    // Other terms, under which the owners never signed, with the right hash of them.
    Kept others;
    others.terms.minimum = 10;
    Json moved = with(report, "terms", to_json(others.terms));
    moved.set("terms_hash", others.report()["terms_hash"]);
    EXPECT_EQ(refusal(moved), "crossing.report_forged");
    EXPECT_NE(verify_report(moved).error().message.find("'la28'"), std::string::npos);
}

TEST(CrossingReport, WhatIsNoReportIsNamed) {
    const Kept kept;
    const Json report = kept.report();
    EXPECT_EQ(refusal(Json::object()), "crossing.report_malformed");
    EXPECT_EQ(refusal(with(report, "session", "xyz")), "crossing.report_malformed");
    EXPECT_EQ(refusal(with(report, "own", report["peer"])), "crossing.report_malformed");
    EXPECT_EQ(refusal(with(report, "peer", Json::object())), "crossing.report_malformed");
    EXPECT_EQ(refusal(with(report, "own", with(report["own"], "size_class", 600))),
              "crossing.report_malformed");
    EXPECT_EQ(refusal(with(report, "terms", Json::object())), "json.missing");
}

}  // namespace
}  // namespace altis::cleanroom::crossing
