#include "fans/matching/people_csv.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "codec/csv.h"
#include "fans/matching/normalise.h"

namespace altis::fans::matching {
namespace {

using enum PersonField;

constexpr std::array<std::pair<std::string_view, PersonField>, 62> kColumnNames = {{
    {"givenname", kGivenName},
    {"given", kGivenName},
    {"firstname", kGivenName},
    {"forename", kGivenName},
    {"fname", kGivenName},
    {"surname", kSurname},
    {"lastname", kSurname},
    {"familyname", kSurname},
    {"family", kSurname},
    {"lname", kSurname},
    {"streetnumber", kStreetNumber},
    {"streetno", kStreetNumber},
    {"housenumber", kStreetNumber},
    {"houseno", kStreetNumber},
    {"address1", kAddressLine1},
    {"addressline1", kAddressLine1},
    {"address", kAddressLine1},
    {"street", kAddressLine1},
    {"streetname", kAddressLine1},
    {"streetaddress", kAddressLine1},
    {"address2", kAddressLine2},
    {"addressline2", kAddressLine2},
    {"suburb", kSuburb},
    {"city", kSuburb},
    {"town", kSuburb},
    {"locality", kSuburb},
    {"place", kSuburb},
    {"postcode", kPostcode},
    {"postalcode", kPostcode},
    {"zip", kPostcode},
    {"zipcode", kPostcode},
    {"plz", kPostcode},
    {"state", kState},
    {"province", kState},
    {"region", kState},
    {"county", kState},
    {"dateofbirth", kBirthDate},
    {"birthdate", kBirthDate},
    {"dob", kBirthDate},
    {"birthday", kBirthDate},
    {"born", kBirthDate},
    {"socsecid", kNationalId},
    {"ssn", kNationalId},
    {"socialsecurity", kNationalId},
    {"socialsecuritynumber", kNationalId},
    {"nationalid", kNationalId},
    {"idnumber", kNationalId},
    {"passport", kNationalId},
    {"passportnumber", kNationalId},
    {"taxid", kNationalId},
    {"phone", kPhone},
    {"phonenumber", kPhone},
    {"telephone", kPhone},
    {"tel", kPhone},
    {"mobile", kPhone},
    {"mobilephone", kPhone},
    {"cell", kPhone},
    {"email", kEmail},
    {"emailaddress", kEmail},
    {"mail", kEmail},
    {"birth", kBirthDate},
    {"addr1", kAddressLine1},
}};

constexpr std::array<std::string_view, 6> kIdNames = {"id",    "recid",    "recordid",
                                                      "fanid", "personid", "key"};

std::optional<PersonField> field_of(const std::string& name) {
    for (const auto& [known, field] : kColumnNames) {
        if (name == known) return field;
    }
    return std::nullopt;
}

// Where each column of the file goes.
struct Columns {
    std::array<std::optional<std::size_t>, kPersonFields> of_field;
    std::optional<std::size_t> id;
};

Result<Columns> recognise(const std::vector<std::string>& names) {
    Columns columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = normalise_code(names[i]);
        const bool is_id = std::find(kIdNames.begin(), kIdNames.end(), name) != kIdNames.end();
        if (is_id && !columns.id) columns.id = i;
        const std::optional<PersonField> field = field_of(name);
        if (!field) continue;
        std::optional<std::size_t>& column = columns.of_field.at(index_of(*field));
        if (column) {
            return fail(Code::kInvalid, "people.column_twice",
                        "The columns \"" + names[*column] + "\" and \"" + names[i] +
                            "\" both hold the " + std::string(field_name(*field)) +
                            "; rename or remove one.");
        }
        column = i;
    }
    return columns;
}

std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "\"" : ", \"") + name + '"';
    return list;
}

Result<void> check(const Columns& columns, const std::vector<std::string>& names) {
    if (!columns.of_field.at(index_of(kGivenName)) && !columns.of_field.at(index_of(kSurname))) {
        return fail(Code::kInvalid, "people.no_names",
                    "No column holds a given name or a surname; name them given_name and surname. "
                    "The file has " +
                        listed(names) + ".");
    }
    const auto known = std::count_if(columns.of_field.begin(), columns.of_field.end(),
                                     [](const auto& column) { return column.has_value(); });
    if (known >= 3) return {};
    return fail(Code::kInvalid, "people.too_few_columns",
                "Names alone cannot tell people apart; add columns such as date_of_birth, "
                "postcode, address_1, phone or email. The file has " +
                    listed(names) + ".");
}

PersonRecord record_of(const Columns& columns, std::vector<std::string>& row, std::size_t line) {
    PersonRecord record;
    record.id = columns.id ? row[*columns.id] : std::to_string(line);
    for (std::size_t f = 0; f < kPersonFields; ++f) {
        if (columns.of_field.at(f)) record.values.at(f) = std::move(row[*columns.of_field.at(f)]);
    }
    return record;
}

}  // namespace

std::optional<PersonField> field_named(std::string_view name) {
    return field_of(normalise_code(name));
}

Result<PeopleFile> read_people(std::string_view csv) {
    TRY(codec::CsvReader reader, codec::CsvReader::create(csv));
    TRY(const Columns columns, recognise(reader.columns()));
    TRY_VOID(check(columns, reader.columns()));
    PeopleFile file;
    for (std::size_t f = 0; f < kPersonFields; ++f) {
        if (columns.of_field.at(f)) file.fields.push_back(static_cast<PersonField>(f));
    }
    std::vector<std::string> row;
    while (true) {
        TRY(const bool more, reader.next(row));
        if (!more) return file;
        file.records.push_back(record_of(columns, row, reader.line()));
    }
}

}  // namespace altis::fans::matching
