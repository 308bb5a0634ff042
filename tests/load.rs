//! A write load that is meant to be killed: stores and erases shoppers from several tasks at once, and says on
//! standard output what was acknowledged, one line each, as soon as it was.
//!
//! ```text
//! obhut-load DATA TENANT ROUND
//! stored <person> <number>       the submission was acknowledged
//! erasing <person>               an erasure was asked for
//! erased <person>                the erasure was acknowledged
//! ```

#![expect(clippy::unwrap_used, reason = "a load that cannot go on stops")]

use std::{io::Write, path::PathBuf, sync::Arc};

use obhut_core::id::TenantId;
use obhut_tests::{caller, open, order};

/// How many tasks write at once, so that several batches share a commit.
const WRITERS: usize = 8;

/// It ends by itself if nobody kills it.
const MOST: usize = 5_000;

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let data: PathBuf = args.next().unwrap().into();
    let tenant: TenantId = args.next().unwrap().parse().unwrap();
    let round: usize = args.next().unwrap().parse().unwrap();
    let engine = Arc::new(open(&data).await);
    say("ready");
    let writers = (0..WRITERS).map(|writer| {
        let engine = Arc::clone(&engine);
        tokio::spawn(async move {
            for step in 0..MOST / WRITERS {
                let number = (round * WRITERS + writer) * MOST + step;
                let email = format!("person-{number}@example.org");
                let name = format!("Person {number}");
                let values = [("name", &*name), ("email", &*email), ("payment_method", "debit")];
                let bank = [("iban", "DE02120300000000202051"), ("account_holder", &*name)];
                let form = caller("shopper-form", tenant);
                let stored = engine.submit(&form, tenant, &order(&engine, &values, &bank)).await.unwrap();
                say(&format!("stored {} {number}", stored.subject));
                if step % 3 == 2 {
                    say(&format!("erasing {}", stored.subject));
                    engine.erase(&caller("client", tenant), tenant, stored.subject).await.unwrap();
                    say(&format!("erased {}", stored.subject));
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

/// One line, at once.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
