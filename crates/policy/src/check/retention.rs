//! Retention rules and holds: stages in order, promises the sweep can keep, statutes.

use obhut_core::{
    id::ClassName,
    model::{Action, Meanwhile, Stage},
    period::{Period, Unit},
    rule::Rule,
};

use super::{Check, links, time::minutes};
use crate::{diagnostic::Diagnostic, sentence};

pub(super) fn run(check: &mut Check<'_>) {
    last_stage(check);
    stages_in_order(check);
    sweep(check);
    statute(check);
    statutory_cascade(check);
    hold_purpose(check);
    meanwhile_purpose(check);
}

/// The last stage ends the matter, and no stage before it does.
fn last_stage(check: &mut Check<'_>) {
    for (name, retention) in &check.model.retentions {
        let Some(last) = retention.stages.len().checked_sub(1) else { continue };
        for (index, stage) in retention.stages.iter().enumerate() {
            let place = check.at(&links::stage_path(check, name.as_str(), index, "action"));
            if index == last && stage.action == Action::Restrict {
                check.report(
                    Diagnostic::error("stage-last", &place, format!("[retain.{name}] ends in a restriction, so the data is never gone"))
                        .label("restricted for ever")
                        .help("end with a stage that erases or anonymises:\nstages = [{ rule = \"…\", action = \"restrict\" }, { rule = \"…\", action = \"erase\" }]")
                        .article("Art. 5(1)(e) GDPR: storage limitation; restriction (Art. 18) is storage"),
                );
            }
            if index < last && stage.action == Action::Erase {
                check.report(
                    Diagnostic::error("stage-order", &place, format!("[retain.{name}] erases before its last stage"))
                        .label("nothing is left for the stages after it")
                        .help("put the stage that erases last"),
                );
            }
        }
    }
}

/// Two stages that count from the same event: the later stage has the longer period.
fn stages_in_order(check: &mut Check<'_>) {
    let plain = |stage: &Stage| match &stage.rule {
        Rule::After { period, event, anchor, rounding, .. } => Some((*period, event.clone(), *anchor, *rounding)),
        _ => None,
    };
    for (name, retention) in &check.model.retentions {
        for (index, pair) in retention.stages.windows(2).enumerate() {
            let [earlier, later] = pair else { continue };
            let (Some(a), Some(b)) = (plain(earlier), plain(later)) else { continue };
            if (&a.1, a.2, a.3) == (&b.1, b.2, b.3) && minutes(b.0).1 <= minutes(a.0).0 {
                let place = check.at(&links::stage_path(check, name.as_str(), index + 1, "rule"));
                let finding = Diagnostic::error(
                    "stage-order",
                    &place,
                    format!(
                        "stage {} of [retain.{name}] comes before stage {}: {} is not after {}",
                        index + 2,
                        index + 1,
                        sentence::period_text(b.0),
                        sentence::period_text(a.0)
                    ),
                );
                check.report(
                    finding.label("earlier than the stage before it").help("write the stages in the order of time"),
                );
            }
        }
    }
}

/// A sweep that runs every hour cannot keep "within 2 hours" with any margin for a missed run.
fn sweep(check: &mut Check<'_>) {
    let shortest = links::rules(check)
        .into_iter()
        .filter(|(path, _)| path.starts_with("retain."))
        .flat_map(|(path, rule)| within(rule).into_iter().map(move |period| (minutes(period).0, period, path.clone())))
        .min_by_key(|(shortest, ..)| *shortest);
    let Some((shortest, period, path)) = shortest else { return };
    let sweep = check.model.policy.sweep;
    if minutes(sweep).1 * 4 > shortest {
        let rule = path.split('.').nth(1).unwrap_or_default().to_owned();
        let finding = Diagnostic::error(
            "sweep-too-rare",
            &check.at("policy.sweep"),
            format!(
                "with `sweep` = \"{}\" nothing can keep the promise \"within {}\" of [retain.{rule}]",
                sentence::period_text(sweep),
                sentence::period_text(period)
            ),
        );
        check.report(
            finding
                .label("too rare")
                .help(format!(
                    "sweep at least four times within the shortest period: sweep = \"{}\" or less",
                    sentence::period_text(at_most(shortest / 4))
                ))
                .article("Art. 5(1)(e), 5(2) GDPR: what the notice promises is kept, and demonstrably so"),
        );
    }
}

/// The periods of a rule that say `within`.
fn within(rule: &Rule) -> Vec<Period> {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => rules.iter().flat_map(within).collect(),
        Rule::After { within: true, period, .. } => vec![*period],
        _ => Vec::new(),
    }
}

/// The largest handy period not longer than so many minutes.
fn at_most(minutes: u64) -> Period {
    let (count, unit) = match minutes {
        0..60 => (minutes, Unit::Minute),
        60..1500 => (minutes / 60, Unit::Hour),
        _ => (minutes / 1500, Unit::Day),
    };
    Period::new(u16::try_from(count).unwrap_or(Period::MAX_COUNT).max(1), unit)
}

/// A class that a statute keeps says by which statute.
fn statute(check: &mut Check<'_>) {
    let model = check.model;
    for (name, retention) in &model.retentions {
        let keeps = |class: &ClassName| model.data.get(class).is_some_and(|class| class.statutory);
        let Some(class) = retention.data.iter().find(|class| keeps(class)) else { continue };
        if retention.law.is_some() || check.draft.places.get(&format!("retain.{name}.law")).is_some() {
            continue;
        }
        let path = links::stage_path(check, name.as_str(), 0, "rule");
        let finding = Diagnostic::error(
            "statute-missing",
            &check.at(&path),
            format!("a statute keeps [data.{class}], but [retain.{name}] does not say which one"),
        );
        check.report(
            finding
                .label("how long, by which law?")
                .help(
                    "add for example\nlaw = \"§ 147 AO, § 257 HGB\"\nand a rule that keeps it as long as the law demands: \
                     \"8 years after invoice.issued, end of year\"",
                )
                .article("Art. 17(3)(b) GDPR: erasure at the end of a contract gives way to a legal obligation only"),
        );
    }
}

/// What a statute keeps is not erased along with something else.
fn statutory_cascade(check: &mut Check<'_>) {
    let model = check.model;
    for (name, retention) in &model.retentions {
        for class in &retention.cascade {
            if !model.data.get(class).is_some_and(|class| class.statutory) {
                continue;
            }
            let place = check.at(&format!("retain.{name}.cascade[{class}]"));
            check.report(
                Diagnostic::error(
                    "statute-cascade",
                    &place,
                    format!("[retain.{name}] erases [data.{class}] along with it, although a statute keeps that"),
                )
                .label("kept by law")
                .help("take it out of `cascade`; its own rule ends it when the law allows")
                .article("Art. 17(3)(b) GDPR: no erasure where a legal obligation demands storage"),
            );
        }
    }
}

/// A hold is for a purpose that reaches what it holds.
fn hold_purpose(check: &mut Check<'_>) {
    let model = check.model;
    for (name, hold) in &model.holds {
        let Some(purpose) = model.purposes.get(&hold.purpose) else { continue };
        for class in hold.data.iter().filter(|class| !purpose.data.contains(class)) {
            let place = check.at(&format!("hold.{name}.data[{class}]"));
            check.report(
                Diagnostic::error(
                    "hold-purpose",
                    &place,
                    format!(
                        "[hold.{name}] keeps [data.{class}] for the purpose `{}`, which does not use it",
                        hold.purpose
                    ),
                )
                .label("kept for a purpose that cannot read it")
                .help(format!("add `{class}` to `data` of [purpose.{}], or take it out of the hold", hold.purpose))
                .article("Art. 5(1)(b), 18(2) GDPR: held data serves its one purpose"),
            );
        }
    }
}

/// Until the date only one purpose may use the data, and it does use it.
fn meanwhile_purpose(check: &mut Check<'_>) {
    let model = check.model;
    for (name, retention) in &model.retentions {
        let Some(Meanwhile::Only(purpose_name)) = &retention.meanwhile else { continue };
        let Some(purpose) = model.purposes.get(purpose_name) else { continue };
        for class in retention.data.iter().filter(|class| !purpose.data.contains(class)) {
            let place = check.at(&format!("retain.{name}.meanwhile"));
            check.report(
                Diagnostic::error(
                    "hold-purpose",
                    &place,
                    format!(
                        "[retain.{name}] leaves [data.{class}] to the purpose `{purpose_name}`, which does not use it"
                    ),
                )
                .label("kept for a purpose that cannot read it")
                .help(format!(
                    "add `{class}` to `data` of [purpose.{purpose_name}], or name the purpose for which it is kept"
                ))
                .article("Art. 5(1)(b) GDPR: data is kept for a purpose"),
            );
        }
    }
}
