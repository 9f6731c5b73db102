"""Housekeeping of the job queue itself."""

from __future__ import annotations

import asyncio
import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from brokerage.core.jobs import Lane

log = logging.getLogger("brokerage.jobs")
KEEP_FINISHED_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(queue=Lane.PERIODIC.value, queueing_lock="core.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue jobs again whose worker was killed (its heartbeat stopped)."""
    for job in await context.app.job_manager.get_stalled_jobs():
        log.warning("stalled job queued again", extra={"task": job.task_name})
        await context.app.job_manager.retry_job(job)


@app.periodic(cron="17 19 * * *")  # 03:17 in Shanghai
@app.task(queue=Lane.PERIODIC.value, queueing_lock="core.delete_finished", pass_context=True)
async def delete_finished(context: JobContext, timestamp: int) -> None:
    """Delete the rows of jobs that succeeded a week ago; failures stay until somebody looks."""
    await asyncio.shield(context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS))
