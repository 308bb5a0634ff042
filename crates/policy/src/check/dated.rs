//! What ended: agreements, certificates, attestations. Only where the day is known.

use super::Check;
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    let Some(today) = check.today else { return };
    let model = check.model;
    for (name, recipient) in &model.recipients {
        let Some(until) = recipient.agreement_until.filter(|until| *until < today) else { continue };
        let place = check.at(&format!("recipient.{name}.agreement_until"));
        check.report(
            Diagnostic::error(
                "agreement-ended",
                &place,
                format!("the agreement with [recipient.{name}] ended on {until}"),
            )
            .label("in the past")
            .help("renew it and give its new end; until then the processor must get no data")
            .article("Art. 28(3) GDPR: processing on behalf only under a contract"),
        );
    }
    for (name, place_of) in &model.places {
        let until = place_of.certificate.as_ref().and_then(|certificate| certificate.until);
        let Some(until) = until.filter(|until| *until < today) else { continue };
        let place = check.at(&format!("place.{name}.certificate_until"));
        check.report(
            Diagnostic::warning(
                "certificate-ended",
                &place,
                format!("the certificate of [place.{name}] ended on {until}"),
            )
            .label("in the past")
            .help("give the end of the renewed certificate, or do not name it any more")
            .article("Art. 5(1)(a), 32 GDPR; s. 5 UWG: a misleading statement"),
        );
    }
    for (name, measure) in &model.measures {
        let Some(until) = measure.until.filter(|until| *until < today) else { continue };
        let place = check.at(&format!("measure.{name}.until"));
        check.report(
            Diagnostic::warning("attestation-ended", &place, format!("[measure.{name}] was attested until {until}"))
                .label("in the past")
                .help("review the measure, and give the day until which it is attested now")
                .article("Art. 32(1)(d), 5(2) GDPR: measures are regularly reviewed, demonstrably"),
        );
    }
}
