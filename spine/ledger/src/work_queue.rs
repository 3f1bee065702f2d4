//! The ledger's jobs and leases. Everything is decided by rows under the writer's lock, so several servers may share it.

use jiff::{SignedDuration, Timestamp};

use crate::{
    database::{DatabaseError, Row, Sql, Value},
    jobs::{JobCounts, JobError, JobRequest, JobState, JobView, Lease, LeasedJob},
    ledger::Ledger,
};

/// The wait before the second attempt; it doubles with each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(10);
/// The longest wait between two attempts.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// Why a job failed is cut to so many characters.
const LONGEST_ERROR: usize = 2_000;

const VIEW: &str = "SELECT id, kind, payload, state, attempts, run_at, last_error FROM jobs";

/// How long to wait after the attempt number `attempts` failed. Jobs that failed together do not all come back together:
/// up to a quarter is added by the job's number.
fn wait_after(attempts: u32, id: u64) -> SignedDuration {
    let doubled = FIRST_WAIT.as_millis().saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let wait = doubled.min(LONGEST_WAIT.as_millis());
    let spread = i128::from(id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54);
    let milliseconds = wait + wait * spread / 4096;
    SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

fn payload_of(row: &Row, column: usize) -> Result<serde_json::Value, DatabaseError> {
    serde_json::from_str(&row.text(column)?).map_err(|error| DatabaseError::Damaged { reason: error.to_string() })
}

fn count_of(row: &Row, column: usize) -> Result<u32, DatabaseError> {
    Ok(u32::try_from(row.unsigned(column)?).unwrap_or(u32::MAX))
}

/// What may be taken: jobs whose worker let its lease end, and waiting jobs that are due.
const DUE: [&str; 2] = ["state = 'leased' AND leased_until < $1", "state = 'waiting' AND run_at <= $1"];
/// What must be known to lease a job, and to order jobs by.
const COLUMNS: &str = "id, kind, payload, attempts, fence, max_attempts, run_at";

/// Jobs that may be taken, oldest first. Each state and each kind is asked for by itself, so that the index by kind gives the oldest at once,
/// however many jobs of these kinds or of others wait.
fn due_jobs(sql: &mut dyn Sql, due: &str, request: &JobRequest, limit: u32) -> Result<Vec<Row>, DatabaseError> {
    let of_kind = |parameter: usize| {
        let jobs =
            format!("SELECT {COLUMNS} FROM jobs WHERE {due} AND kind = ${parameter} ORDER BY run_at, id LIMIT $2");
        format!("SELECT * FROM ({jobs}) AS of_kind_{parameter}")
    };
    let kinds: Vec<String> = (3..3 + request.kinds.len()).map(of_kind).collect();
    let statement = format!("{} ORDER BY run_at, id LIMIT $2", kinds.join(" UNION ALL "));
    let parameters = [request.now.into(), limit.into()].into_iter().chain(request.kinds.iter().map(Value::from));
    sql.query(&statement, &parameters.collect::<Vec<_>>())
}

fn is_any_due(sql: &mut dyn Sql, request: &JobRequest) -> Result<bool, DatabaseError> {
    for due in DUE {
        if !due_jobs(sql, due, request, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn lease_now(sql: &mut dyn Sql, request: &JobRequest) -> Result<Vec<LeasedJob>, DatabaseError> {
    let mut leased = Vec::new();
    for due in DUE {
        let left = request.limit.saturating_sub(u32::try_from(leased.len()).unwrap_or(u32::MAX));
        for row in due_jobs(sql, due, request, left)? {
            leased.extend(lease(sql, request, &row)?);
        }
    }
    Ok(leased)
}

/// Leases the job of a row; nothing if it was tried too often.
fn lease(sql: &mut dyn Sql, request: &JobRequest, row: &Row) -> Result<Option<LeasedJob>, DatabaseError> {
    let (id, attempts) = (row.unsigned(0)?, count_of(row, 3)?);
    if attempts >= count_of(row, 5)? {
        // The worker died in its last attempt, perhaps because of this very job.
        set_dead(sql, id, "the worker disappeared in the last attempt")?;
        return Ok(None);
    }
    let until = later(request.now, request.hold);
    let fence = row.unsigned(4)? + 1;
    sql.execute(
        "UPDATE jobs SET state = 'leased', attempts = $2, fence = $3, worker = $4, leased_until = $5 WHERE id = $1",
        &[id.into(), (attempts + 1).into(), fence.into(), request.worker.as_str().into(), until.into()],
    )?;
    let (kind, payload) = (row.text(1)?, payload_of(row, 2)?);
    Ok(Some(LeasedJob { id, kind, payload, attempt: attempts + 1, fence, until }))
}

fn set_dead(sql: &mut dyn Sql, id: u64, error: &str) -> Result<(), DatabaseError> {
    let statement = "UPDATE jobs SET state = 'dead', worker = NULL, leased_until = NULL, last_error = $2 WHERE id = $1";
    sql.execute(statement, &[id.into(), error.into()]).map(drop)
}

fn fail_now(sql: &mut dyn Sql, job: &LeasedJob, error: &str, now: Timestamp) -> Result<bool, DatabaseError> {
    let statement = "SELECT attempts, max_attempts FROM jobs WHERE id = $1 AND fence = $2 AND state = 'leased'";
    let rows = sql.query(statement, &[job.id.into(), job.fence.into()])?;
    let Some(row) = rows.first() else { return Ok(false) };
    let attempts = count_of(row, 0)?;
    let error: String = error.chars().take(LONGEST_ERROR).collect();
    if attempts >= count_of(row, 1)? {
        set_dead(sql, job.id, &error)?;
        return Ok(true);
    }
    let run_at = later(now, wait_after(attempts, job.id));
    sql.execute(
        "UPDATE jobs SET state = 'waiting', worker = NULL, leased_until = NULL, run_at = $2, last_error = $3 WHERE id = $1",
        &[job.id.into(), run_at.into(), error.into()],
    )?;
    Ok(true)
}

fn acquire_now(
    sql: &mut dyn Sql,
    name: &str,
    holder: &str,
    now: Timestamp,
    hold: SignedDuration,
) -> Result<Option<Lease>, DatabaseError> {
    let until = later(now, hold);
    let rows = sql.query("SELECT holder, held_until, term FROM leases WHERE name = $1", &[name.into()])?;
    let term = match rows.first() {
        None => 1,
        Some(row) if row.text(0)? == holder => row.unsigned(2)?,
        Some(row) if row.timestamp(1)? < now => row.unsigned(2)? + 1,
        Some(_) => return Ok(None),
    };
    sql.execute(
        "INSERT INTO leases (name, holder, held_until, term) VALUES ($1, $2, $3, $4) ON CONFLICT (name) \
         DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until, term = excluded.term",
        &[name.into(), holder.into(), until.into(), term.into()],
    )?;
    Ok(Some(Lease { name: name.to_owned(), holder: holder.to_owned(), until, term }))
}

impl Ledger {
    /// Takes jobs that are due, oldest first.
    pub async fn lease_jobs(&self, request: JobRequest) -> Result<Vec<LeasedJob>, DatabaseError> {
        if request.kinds.is_empty() || request.limit == 0 {
            return Ok(Vec::new());
        }
        // Most looks find nothing; they need not take the writer's lock.
        let asked = request.clone();
        if !self.read(move |sql| is_any_due(sql, &asked)).await? {
            return Ok(Vec::new());
        }
        self.write(move |sql| lease_now(sql, &request)).await
    }

    /// The job is done; it is removed. To complete a job together with events, give it to
    /// [`crate::CommandContext::completing`] instead.
    pub async fn complete_job(&self, job: &LeasedJob) -> Result<(), JobError> {
        let (id, fence) = (job.id, job.fence);
        let statement = "DELETE FROM jobs WHERE id = $1 AND fence = $2 AND state = 'leased'";
        let removed = self.write(move |sql| sql.execute(statement, &[id.into(), fence.into()])).await?;
        if removed == 0 { Err(JobError::LeaseLost { id }) } else { Ok(()) }
    }

    /// The job failed: it is tried again later (after 10 seconds, then twice as long each time, at most an hour), or put
    /// aside for a person after its last attempt. `error` must not hold personal facts.
    pub async fn fail_job(&self, job: &LeasedJob, error: &str, now: Timestamp) -> Result<(), JobError> {
        let (job, error) = (job.clone(), error.to_owned());
        let id = job.id;
        let held = self.write(move |sql| fail_now(sql, &job, &error, now)).await?;
        if held { Ok(()) } else { Err(JobError::LeaseLost { id }) }
    }

    /// The worker needs longer: holds the job until `until`.
    pub async fn renew_job(&self, job: &LeasedJob, until: Timestamp) -> Result<LeasedJob, JobError> {
        let (id, fence) = (job.id, job.fence);
        let statement = "UPDATE jobs SET leased_until = $3 WHERE id = $1 AND fence = $2 AND state = 'leased'";
        let parameters = [id.into(), fence.into(), until.into()];
        let renewed = self.write(move |sql| sql.execute(statement, &parameters)).await?;
        if renewed == 0 { Err(JobError::LeaseLost { id }) } else { Ok(LeasedJob { until, ..job.clone() }) }
    }

    /// Jobs that were put aside, oldest first.
    pub async fn dead_jobs(&self, limit: u32) -> Result<Vec<JobView>, DatabaseError> {
        self.jobs_in(JobState::Dead, limit).await
    }

    /// Jobs in `state`, by the time at which they are due.
    pub async fn jobs_in(&self, state: JobState, limit: u32) -> Result<Vec<JobView>, DatabaseError> {
        let name = match state {
            JobState::Waiting => "waiting",
            JobState::Leased => "leased",
            JobState::Dead => "dead",
        };
        self.read(move |sql| {
            let statement = format!("{VIEW} WHERE state = $1 ORDER BY run_at, id LIMIT $2");
            let rows = sql.query(&statement, &[name.into(), limit.into()])?;
            rows.iter()
                .map(|row| {
                    Ok(JobView {
                        id: row.unsigned(0)?,
                        kind: row.text(1)?,
                        payload: payload_of(row, 2)?,
                        state,
                        attempts: count_of(row, 4)?,
                        run_at: row.timestamp(5)?,
                        last_error: row.optional_text(6)?,
                    })
                })
                .collect()
        })
        .await
    }

    /// Tries a job that was put aside again, from `now` on, with all its attempts before it.
    pub async fn revive_job(&self, id: u64, now: Timestamp) -> Result<(), JobError> {
        let statement = "UPDATE jobs SET state = 'waiting', attempts = 0, run_at = $2 WHERE id = $1 AND state = 'dead'";
        let revived = self.write(move |sql| sql.execute(statement, &[id.into(), now.into()])).await?;
        if revived == 0 { Err(JobError::NotDead { id }) } else { Ok(()) }
    }

    /// Removes a job that was put aside: a person decided that it is not to be done.
    pub async fn discard_job(&self, id: u64) -> Result<(), JobError> {
        let statement = "DELETE FROM jobs WHERE id = $1 AND state = 'dead'";
        let removed = self.write(move |sql| sql.execute(statement, &[id.into()])).await?;
        if removed == 0 { Err(JobError::NotDead { id }) } else { Ok(()) }
    }

    /// How many jobs stand where.
    pub async fn job_counts(&self) -> Result<JobCounts, DatabaseError> {
        self.read(|sql| {
            let mut counts = JobCounts::default();
            for row in sql.query("SELECT state, COUNT(*) FROM jobs GROUP BY state", &[])? {
                let count = row.unsigned(1)?;
                match row.text(0)?.as_str() {
                    "waiting" => counts.waiting = count,
                    "leased" => counts.leased = count,
                    _ => counts.dead += count,
                }
            }
            Ok(counts)
        })
        .await
    }

    /// Takes or renews the role `name` for `holder`; nothing if another holds it. The servers' clocks must agree to much
    /// less than `hold`.
    pub async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        hold: SignedDuration,
    ) -> Result<Option<Lease>, DatabaseError> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write(move |sql| acquire_now(sql, &name, &holder, now, hold)).await
    }

    /// Gives the role back, so that another need not wait until the lease ends.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), DatabaseError> {
        let lease = lease.clone();
        let statement = "UPDATE leases SET held_until = $4 WHERE name = $1 AND holder = $2 AND term = $3";
        let long_ago = Timestamp::UNIX_EPOCH;
        let parameters = [lease.name.into(), lease.holder.into(), lease.term.into(), long_ago.into()];
        self.write(move |sql| sql.execute(statement, &parameters)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_are_spread() {
        for id in 0..100 {
            for (attempts, seconds) in [(1, 10), (2, 20), (3, 40), (9, 2_560), (10, 3_600), (60, 3_600)] {
                let wait = wait_after(attempts, id).as_secs();
                assert!((seconds..=seconds + seconds / 4).contains(&wait), "{attempts} {id} {wait}");
            }
        }
        assert_ne!(wait_after(3, 1), wait_after(3, 2));
    }
}
