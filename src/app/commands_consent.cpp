// altis consent decode: what an IAB consent string says, and what it means for Altis's purposes.
#include <algorithm>
#include <fmt/format.h>

#include "app/commands.h"
#include "codec/iab_gpp.h"
#include "codec/iab_json.h"
#include "codec/iab_tcf.h"
#include "rights/consent_signals.h"

namespace altis::app {
namespace {

using codec::Json;
using rights::PurposeStances;

constexpr std::size_t kShownRanges = 12;  // of a vendor list; --json has all

constexpr std::array<std::string_view, 11> kTcfPurposes = {
    "store or access information on a device",
    "select advertising by limited data",
    "build profiles for personalised advertising",
    "select advertising by such profiles",
    "build profiles to personalise content",
    "select content by such profiles",
    "measure how advertising performs",
    "measure how content performs",
    "understand audiences by statistics or by combined sources",
    "develop and improve services",
    "select content by limited data",
};
constexpr std::array<std::string_view, 2> kTcfSpecialFeatures = {
    "use precise location",
    "identify a device by scanning its characteristics",
};

// Any of the strings that the command reads.
struct Decoded {
    std::string_view kind;  // "tc_string", "gpp_string", "us_privacy"
    std::variant<codec::TcString, codec::GppString, codec::UsPrivacyString> content;
    PurposeStances stances;
};

// Numbers as "1-5, 8", cut after kShownRanges.
std::string ranges_text(const std::vector<codec::IabRange>& ranges) {
    std::string text;
    for (std::size_t i = 0; i < std::min(ranges.size(), kShownRanges); ++i) {
        text += i == 0 ? "" : ", ";
        text += std::to_string(ranges[i].first);
        if (ranges[i].last > ranges[i].first) text += "-" + std::to_string(ranges[i].last);
    }
    return ranges.size() > kShownRanges ? text + ", ... (all with --json)" : text;
}

std::string vendors_text(const codec::IabVendorSet& vendors) {
    if (vendors.size() == 0) return "none";
    std::vector<codec::IabRange> ranges;
    for (const std::uint32_t id : vendors.list()) {
        if (!ranges.empty() && ranges.back().last + 1 == id) {
            ranges.back().last = id;
        } else {
            ranges.push_back({id, id});
        }
    }
    return fmt::format("{}: {}", vendors.size(), ranges_text(ranges));
}

void print_numbers(std::string_view title, codec::IabNumbers numbers,
                   std::span<const std::string_view> names) {
    fmt::print("  {}:{}\n", title, numbers.bits == 0 ? " none" : "");
    for (const std::uint32_t number : numbers.list()) {
        fmt::print("    {:>2}  {}\n", number,
                   number <= names.size() ? names[number - 1] : "(not defined by the TCF)");
    }
}

std::string_view restriction_text(codec::TcRestrictionType type) {
    if (type == codec::TcRestrictionType::kNotAllowed) return "not allowed for";
    if (type == codec::TcRestrictionType::kRequireConsent) return "only with consent for";
    return "only by legitimate interest for";
}

void print_tc_vendors(const codec::TcString& tc) {
    fmt::print("  vendors with consent: {}\n", vendors_text(tc.vendor_consent));
    fmt::print("  vendors by legitimate interest: {}\n",
               vendors_text(tc.vendor_legitimate_interest));
    for (const auto& restriction : tc.publisher_restrictions) {
        fmt::print("  the publisher: purpose {} {} vendors {}\n", restriction.purpose,
                   restriction_text(restriction.type), ranges_text(restriction.vendors));
    }
    if (tc.disclosed_vendors) {
        fmt::print("  vendors disclosed: {}\n", vendors_text(*tc.disclosed_vendors));
    }
    if (tc.allowed_vendors) {
        fmt::print("  vendors allowed: {}\n", vendors_text(*tc.allowed_vendors));
    }
}

void print_tc(const codec::TcString& tc) {
    fmt::print("TC string of the TCF, policy version {}\n", tc.policy_version);
    fmt::print("  created {}, last updated {}\n", format_rfc3339(tc.created),
               format_rfc3339(tc.last_updated));
    fmt::print("  by consent platform {} version {}, screen {}, language {}, vendor list {}\n",
               tc.cmp_id, tc.cmp_version, tc.consent_screen, tc.consent_language,
               tc.vendor_list_version);
    fmt::print("  publisher in {}; {}; {}\n", tc.publisher_country,
               tc.is_service_specific ? "for this service only" : "for all services (global)",
               tc.use_non_standard_texts ? "texts of its own" : "standard texts");
    if (tc.purpose_one_treatment) fmt::print("  purpose 1 was not put to the person\n");
    print_numbers("consent to purposes", tc.purposes_consent, kTcfPurposes);
    print_numbers("legitimate interest for purposes", tc.purposes_legitimate_interest,
                  kTcfPurposes);
    print_numbers("opted in to special features", tc.special_feature_optins, kTcfSpecialFeatures);
    print_tc_vendors(tc);
    if (!tc.publisher_tc) return;
    print_numbers("consent to the publisher's own purposes", tc.publisher_tc->purposes_consent,
                  kTcfPurposes);
}

std::string_view answer_text(std::string_view field, std::uint8_t answer) {
    if (answer == codec::kUsNotApplicable) return "not applicable";
    const bool first = answer == 1;
    if (field.ends_with("_notice")) return first ? "given" : "not given";
    if (field.ends_with("_opt_out")) return first ? "opted out" : "did not opt out";
    if (field.starts_with("mspa_")) return first ? "yes" : "no";
    return first ? "no consent" : "consent";
}

// Lists hold an opt-out or a consent, by category and state; both are read the same way.
void print_answers(std::string_view name, const std::vector<std::uint8_t>& answers) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i] == codec::kUsNotApplicable) continue;
        fmt::print("  {:<42} {}\n", fmt::format("{} {}", name, i + 1),
                   answers[i] == 1 ? "opted out, or no consent" : "did not opt out, or consent");
    }
}

void print_us_fields(std::span<const codec::UsField> fields, const codec::UsSection& section) {
    for (const codec::UsField& field : fields) {
        std::string words(field.name);
        std::replace(words.begin(), words.end(), '_', ' ');
        fmt::print("  {:<42} {}\n", words, answer_text(field.name, section.*field.member));
    }
}

// A section of a GPP string, printed by its kind.
struct SectionPrinter {
    std::uint32_t id;

    void operator()(const codec::UnknownSection& section) const {
        fmt::print("  not decoded: {}\n", section.text);
    }
    void operator()(const codec::TcString& tc) const { print_tc(tc); }
    void operator()(const codec::UsPrivacyString& usp) const {
        fmt::print(
            "  notice given: {}; opted out of sale: {}; LSPA covered: {} (- not applicable)\n",
            usp.notice, usp.opt_out_sale, usp.lspa_covered);
    }
    void operator()(const codec::UsSection& section) const {
        const auto layout = codec::us_layout(id, section.version);
        print_us_fields(layout->before, section);
        print_answers("sensitive data, category", section.sensitive_data_processing);
        print_answers("known child, age group", section.known_child_sensitive_data_consents);
        print_us_fields(layout->behind, section);
        if (!section.gpc) return;
        fmt::print("  {:<42} {}\n", "Global Privacy Control", *section.gpc ? "on" : "off");
    }
};

// Any string, printed by its kind.
struct StringPrinter {
    void operator()(const codec::TcString& tc) const { print_tc(tc); }
    void operator()(const codec::UsPrivacyString& usp) const {
        fmt::print("US Privacy string\n");
        SectionPrinter{codec::kGppUspV1}(usp);
    }
    void operator()(const codec::GppString& gpp) const {
        fmt::print("GPP string, sections: {}\n", gpp.sections.size());
        for (const codec::GppSection& section : gpp.sections) {
            const std::string_view name = codec::gpp_section_name(section.id);
            fmt::print("section {}{}{}\n", section.id, name.empty() ? "" : " ", name);
            std::visit(SectionPrinter{section.id}, section.content);
        }
    }
};

void print_stances(const PurposeStances& stances) {
    fmt::print("For Altis's purposes (silent grants nothing):\n");
    for (std::size_t i = 0; i < rights::kPurposeNames.size(); ++i) {
        fmt::print("  {:<16} {}\n", rights::kPurposeNames[i],
                   rights::to_string(stances.of(static_cast<rights::Purpose>(i))));
    }
}

Json decoded_json(const Decoded& decoded) {
    Json purposes = Json::object();
    for (std::size_t i = 0; i < rights::kPurposeNames.size(); ++i) {
        purposes.set(rights::kPurposeNames[i],
                     rights::to_string(decoded.stances.of(static_cast<rights::Purpose>(i))));
    }
    return Json::object({{"kind", decoded.kind},
                         {"says", std::visit([](const auto& content) { return to_json(content); },
                                             decoded.content)},
                         {"purposes", purposes}});
}

// Tells the kind by the first character, which holds the first six bits, and decodes.
Result<Decoded> decode(std::string_view text, std::optional<std::uint32_t> vendor_id) {
    if (text.starts_with('D') || text.find('~') != std::string_view::npos) {
        TRY(auto gpp, codec::decode_gpp_string(text));
        const auto stances = rights::stances_of(gpp, vendor_id);
        return Decoded{"gpp_string", std::move(gpp), stances};
    }
    if (text.starts_with('1')) {
        TRY(const auto usp, codec::decode_us_privacy(text));
        return Decoded{"us_privacy", usp, rights::stances_of(usp)};
    }
    if (text.starts_with('B') || text.starts_with('C')) {
        TRY(auto tc, codec::decode_tc_string(text));
        const auto stances = rights::stances_of(tc, vendor_id);
        return Decoded{"tc_string", std::move(tc), stances};
    }
    return fail(Code::kInvalid, "consent.unknown_string",
                "this is no consent string: a TC string begins with 'C', a GPP string with 'D', a "
                "US Privacy string with '1'");
}

}  // namespace

int consent_decode(const std::string& text, std::optional<std::uint32_t> vendor_id, Output output) {
    const auto decoded = decode(text, vendor_id);
    if (!decoded) return report_error(decoded.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", decoded_json(*decoded).to_pretty_string());
        return kExitSuccess;
    }
    std::visit(StringPrinter(), decoded->content);
    print_stances(decoded->stances);
    return kExitSuccess;
}

}  // namespace altis::app
