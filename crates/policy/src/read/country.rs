//! Countries by their ISO 3166-1 alpha-2 codes.

/// Every assigned code.
const ALL: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
                   BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI \
                   FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN \
                   IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME \
                   MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF \
                   PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
                   SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE \
                   YT ZA ZM ZW";

/// The European Economic Area: the Union, Iceland, Liechtenstein and Norway; and the parts of the Union with codes of
/// their own in which its law applies (Art. 355(1) TFEU, Åland).
const EEA: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO AX GF GP MF MQ \
                   RE YT";

pub(crate) fn is_country(code: &str) -> bool {
    ALL.split(' ').any(|known| known == code)
}

/// Whether the Regulation applies there, so that sending data there is no transfer to a third country (Art. 44).
pub(crate) fn in_eea(code: &str) -> bool {
    EEA.split(' ').any(|known| known == code)
}

/// The code that was probably meant.
pub(super) fn meant(code: &str) -> Option<&'static str> {
    let upper = code.trim().to_uppercase();
    let known = match upper.as_str() {
        "UK" | "GBR" | "ENGLAND" | "UNITED KINGDOM" => "GB",
        "EL" | "GRC" => "GR",
        "D" | "DEU" | "GER" | "GERMANY" | "DEUTSCHLAND" => "DE",
        "A" | "AUT" | "AUSTRIA" | "ÖSTERREICH" => "AT",
        "CHE" | "SWITZERLAND" | "SCHWEIZ" => "CH",
        "USA" | "U.S." | "UNITED STATES" => "US",
        "F" | "FRA" | "FRANCE" | "FRANKREICH" => "FR",
        "NLD" | "NETHERLANDS" | "NIEDERLANDE" => "NL",
        "IRL" | "IRELAND" | "IRLAND" => "IE",
        upper => return ALL.split(' ').find(|known| *known == upper),
    };
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_and_the_area_is_part_of_them() {
        assert_eq!(ALL.split(' ').count(), 249);
        assert!(EEA.split(' ').all(is_country));
        assert!(in_eea("NO") && !in_eea("CH") && !in_eea("GB") && !in_eea("US"));
        assert_eq!(meant("uk"), Some("GB"));
        assert_eq!(meant("de"), Some("DE"));
        assert_eq!(meant("Atlantis"), None);
    }
}
