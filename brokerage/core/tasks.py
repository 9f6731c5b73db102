"""Housekeeping of the job queue itself."""

from __future__ import annotations

import asyncio
import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from brokerage.core.jobs import Lane

log = logging.getLogger("brokerage.jobs")
KEEP_FINISHED_HOURS = 7 * 24
KILLS = 3
"""So often a job may be found in the hands of a killed worker."""


@app.periodic(cron="* * * * *")
@app.task(queue=Lane.PERIODIC.value, queueing_lock="core.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue jobs again whose worker was killed (its heartbeat stopped).

    A job that kills its worker would do so for ever, and with it the jobs beside it. So each kill
    lowers a job's priority, by which the others go first, and after KILLS it is parked as failed
    for somebody to look at.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        assert job.id is not None
        kills = 1 - min(job.priority, 0)
        told = {"task": job.task_name, "job": job.id, "kills": kills}
        if kills >= KILLS:
            log.error("job parked: its worker was killed each time", extra=told)
            await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        else:
            log.warning("stalled job queued again", extra=told)
            await manager.retry_job(job, priority=-kills)


@app.periodic(cron="17 19 * * *")  # 03:17 in Shanghai
@app.task(queue=Lane.PERIODIC.value, queueing_lock="core.delete_finished", pass_context=True)
async def delete_finished(context: JobContext, timestamp: int) -> None:
    """Delete the rows of jobs that succeeded a week ago; failures stay until somebody looks."""
    await asyncio.shield(context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS))
