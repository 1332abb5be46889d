@echo off
rem One command of run.py for the Task Scheduler: task.bat backup
cd /d "%~dp0.."
where py >nul 2>nul
if errorlevel 1 (
  python run.py %*
) else (
  py -3 run.py %*
)
