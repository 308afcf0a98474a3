#include "codec/iab_json.h"

#include "base/assert.h"

namespace altis::codec {
namespace {

template <class Numbers>
Json list_of(const Numbers& numbers) {
    JsonArray items;
    for (const auto number : numbers)
        items.emplace_back(static_cast<std::int64_t>(number));
    return items;
}

Json ranges_json(const std::vector<IabRange>& ranges) {
    Json items = Json::array();
    for (const IabRange& range : ranges)
        items.push(Json::array({range.first, range.last}));
    return items;
}

Json restrictions_json(const std::vector<TcRestriction>& restrictions) {
    Json items = Json::array();
    for (const TcRestriction& restriction : restrictions) {
        items.push(Json::object({{"purpose", int{restriction.purpose}},
                                 {"type", static_cast<int>(restriction.type)},
                                 {"vendors", ranges_json(restriction.vendors)}}));
    }
    return items;
}

Json publisher_json(const PublisherTc& publisher) {
    return Json::object(
        {{"purposes_consent", list_of(publisher.purposes_consent.list())},
         {"purposes_legitimate_interest", list_of(publisher.purposes_legitimate_interest.list())},
         {"custom_purpose_count", int{publisher.custom_purpose_count}},
         {"custom_purposes_consent", list_of(publisher.custom_purposes_consent.list())},
         {"custom_purposes_legitimate_interest",
          list_of(publisher.custom_purposes_legitimate_interest.list())}});
}

void add_segments(Json& json, const TcString& tc) {
    if (tc.disclosed_vendors) json.set("disclosed_vendors", list_of(tc.disclosed_vendors->list()));
    if (tc.allowed_vendors) json.set("allowed_vendors", list_of(tc.allowed_vendors->list()));
    if (tc.publisher_tc) json.set("publisher_tc", publisher_json(*tc.publisher_tc));
}

void add_fields(Json& json, std::span<const UsField> fields, const UsSection& section) {
    for (const UsField& field : fields)
        json.set(field.name, int{section.*field.member});
}

Json us_json(std::uint32_t id, const UsSection& section) {
    const auto layout = us_layout(id, section.version);
    ALTIS_ASSERT(layout.has_value());
    Json json = Json::object({{"version", int{section.version}}});
    add_fields(json, layout->before, section);
    json.set("sensitive_data_processing", list_of(section.sensitive_data_processing));
    json.set("known_child_sensitive_data_consents",
             list_of(section.known_child_sensitive_data_consents));
    add_fields(json, layout->behind, section);
    if (section.gpc) json.set("gpc", *section.gpc);
    return json;
}

Json content_json(const GppSection& section) {
    if (const auto* us = std::get_if<UsSection>(&section.content)) return us_json(section.id, *us);
    if (const auto* tc = std::get_if<TcString>(&section.content)) return to_json(*tc);
    return to_json(std::get<UsPrivacyString>(section.content));
}

Json section_json(const GppSection& section) {
    Json json = Json::object({{"id", section.id}});
    if (const auto* unknown = std::get_if<UnknownSection>(&section.content)) {
        return json.set("text", unknown->text);
    }
    json.set("name", gpp_section_name(section.id));
    return json.set("content", content_json(section));
}

}  // namespace

Json to_json(const TcString& tc) {
    Json json = Json::object({
        {"created", format_rfc3339(tc.created)},
        {"last_updated", format_rfc3339(tc.last_updated)},
        {"cmp_id", int{tc.cmp_id}},
        {"cmp_version", int{tc.cmp_version}},
        {"consent_screen", int{tc.consent_screen}},
        {"consent_language", tc.consent_language},
        {"vendor_list_version", int{tc.vendor_list_version}},
        {"policy_version", int{tc.policy_version}},
        {"is_service_specific", tc.is_service_specific},
        {"use_non_standard_texts", tc.use_non_standard_texts},
        {"special_feature_optins", list_of(tc.special_feature_optins.list())},
        {"purposes_consent", list_of(tc.purposes_consent.list())},
        {"purposes_legitimate_interest", list_of(tc.purposes_legitimate_interest.list())},
        {"purpose_one_treatment", tc.purpose_one_treatment},
        {"publisher_country", tc.publisher_country},
        {"vendor_consent", list_of(tc.vendor_consent.list())},
        {"vendor_legitimate_interest", list_of(tc.vendor_legitimate_interest.list())},
        {"publisher_restrictions", restrictions_json(tc.publisher_restrictions)},
    });
    add_segments(json, tc);
    return json;
}

Json to_json(const UsPrivacyString& usp) {
    return Json::object({{"version", int{usp.version}},
                         {"notice", std::string(1, usp.notice)},
                         {"opt_out_sale", std::string(1, usp.opt_out_sale)},
                         {"lspa_covered", std::string(1, usp.lspa_covered)}});
}

Json to_json(const GppString& gpp) {
    Json sections = Json::array();
    for (const GppSection& section : gpp.sections)
        sections.push(section_json(section));
    return Json::object({{"sections", sections}});
}

std::string_view gpp_section_name(std::uint32_t id) {
    switch (id) {
        case kGppTcfEuV2:
            return "tcfeuv2";
        case kGppUspV1:
            return "uspv1";
        case kGppUsNat:
            return "usnat";
        case kGppUsCa:
            return "usca";
        default:
            return {};
    }
}

}  // namespace altis::codec
