# Командная строка: справка, ошибки вызова, что печатают команды.

error = ошибка:
error-ours = инфраструктура:

help-usage = Вызов
help-commands = Команды
help-options = Параметры
help-arguments = Аргументы

help-labgrade = labgrade проверяет практические работы курса по высоконагруженным системам, в настоящих контейнерах.
help-labgrade-examples =
    Примеры:
      labgrade labs                             что можно проверить
      labgrade init 02-indexes                  начать практическую работу
      labgrade check                            проверить себя, в папке работы
      labgrade grade work.zip --lab 02-indexes  оценить сданную работу, с отчётами
      labgrade doctor                           чего не хватает этой машине

    Коды завершения: 0 всё пройдено, 1 проверка не пройдена, 2 ошибка вызова, 3 ошибка в описании
    работы, 4 сданное отклонено, 5 инфраструктура (оценить ещё раз), 130 прервано.
help-labs = Показывает список работ.
help-labs-examples =
    Примеры:
      labgrade labs
      labgrade labs --json
help-init = Создаёт папку с заготовкой и заданием работы.
help-init-examples =
    Примеры:
      labgrade init 02-indexes           в папку 02-indexes
      labgrade init 02-indexes my-work   в папку my-work
help-check = Проверяет вашу работу: с подсказками, без скрытых проверок, ничего не сдаётся.
help-check-examples =
    Работа определяется по labgrade.toml, по имени папки или по файлам в ней.

    Примеры:
      labgrade check                     работа в этой папке
      labgrade check --only q1           одна проверка и то, что ей нужно
      labgrade check --seed 42           снова те же случайные значения
      labgrade check --keep              оставить базу запущенной, чтобы посмотреть её в psql
help-grade = Оценивает сданную работу: папку, .zip, .tar или .tar.gz.
help-grade-examples =
    В папке --out появятся grade.json, junit.xml, report.html, metrics.txt и logs/.
    Если задана LABGRADE_SECRET, зерно следует из секрета, работы и студента,
    и повторная проверка не меняет случайных значений.

    Примеры:
      labgrade grade work.zip --lab 02-indexes --out report
      labgrade grade . --lab 02-indexes --student ivanov --timings
      labgrade grade work/ --lab 02-indexes --json > grade.json
help-lint = Проверяет описания работ и показывает каждую ошибку на её строке.
help-lint-examples =
    Примеры:
      labgrade lint                      работы, встроенные в программу
      labgrade lint labs                 работы из папки
help-prove = Оценивает решения и мутанты самой работы: каждая проверка должна их различать.
help-prove-examples =
    Каждое решение должно получить все баллы, каждый мутант — не пройти ровно те проверки,
    которые названы в его mutant.toml, и каждую проверку должен не пройти хотя бы один мутант.

    Примеры:
      labgrade prove 02-indexes
      labgrade prove 02-indexes --case reference wrong-order --seeds 20
      labgrade prove 02-indexes --record     измерить эталон заново
help-images = Собирает, показывает или отправляет образы курса.
help-images-examples =
    Примеры:
      labgrade images                    что есть и что устарело
      labgrade images build              собрать недостающее и устаревшее
help-images-build = Собирает недостающее и устаревшее: все образы или названные.
help-images-build-examples =
    Примеры:
      labgrade images build
      labgrade images build postgres 02-indexes/data
help-images-list = Показывает образы и их состояние.
help-images-list-examples =
    Пример:
      labgrade images list --json
help-images-push = Отправляет образы в реестр.
help-images-push-examples =
    Пример:
      labgrade images push registry.example.org/course
help-images-wheels = Показывает пакеты Python и их версии, на которые может рассчитывать решение.
help-images-wheels-examples =
    Пример:
      labgrade images wheels --json
help-doctor = Проверяет, годится ли эта машина, и говорит, что делать с каждой находкой.
help-doctor-examples =
    Контейнер по-настоящему пытается достучаться до этого компьютера и наружу; это не должно удаться.

    Примеры:
      labgrade doctor
      labgrade doctor --json
help-clean = Убирает то, что осталось от прерванных запусков и от --keep.
help-clean-examples =
    Затрагиваются только объекты со случайной меткой ваших запусков.

    Пример:
      labgrade clean
help-export = Записывает работы такими, какими их можно показать студентам: без решений, мутантов и скрытых проверок.
help-export-examples =
    Пример:
      labgrade export public/labs
help-completions = Печатает дополнения для оболочки.
help-completions-examples =
    Пример:
      labgrade completions bash > /etc/bash_completion.d/labgrade
help-man = Печатает страницу руководства.
help-man-examples =
    Пример:
      labgrade man | man -l -

help-arg-labs = папка с работами вместо встроенных
help-arg-lang = язык: ru или en; по умолчанию — как в системе
help-arg-json = ответ в JSON
help-arg-help = показать эту справку
help-arg-version = показать версию
help-arg-lab = работа, как её называет `labgrade labs`
help-arg-dir = папка
help-arg-seed = зерно случайных значений, чтобы повторить запуск
help-arg-only = только эти проверки и то, что им нужно
help-arg-keep = оставить контейнеры запущенными; их уберёт `labgrade clean`
help-arg-timings = показать, на что ушло время
help-arg-out = папка для отчётов
help-arg-submission = сданное: папка, архив или единственный файл работы
help-arg-student = кто сдал; по умолчанию имя папки или архива
help-arg-overlay = папка со скрытыми проверками
help-arg-quick = у мутанта выполнить только проверки, которые он должен провалить, и нужное им
help-arg-seeds = сколько взять зёрен
help-arg-jobs = сколько работ проверять одновременно
help-arg-case = только эти решения и мутанты
help-arg-record = измерить эталон и записать опорные значения
help-arg-name = какие образы собрать; по умолчанию все
help-arg-registry = реестр и путь в нём
help-arg-shell = оболочка

labs-id = Работа
labs-title = Название
labs-lessons = Занятия
labs-checks = Проверки
labs-points = Баллы
labs-next = Начать работу: `labgrade init РАБОТА`.

init-done =
    { $dir }: { $files }
    Прочтите TASK.md, затем попробуйте: cd { $arg } && labgrade check

lint-sound = { $lab }: { $checks ->
        [one] { $checks } проверка
        [few] { $checks } проверки
       *[many] { $checks } проверок
    }, ошибок нет
clean-done = { $objects ->
        [0] Ничего не осталось.
       *[other] Убрано: { $objects } { $objects ->
            [one] объект
            [few] объекта
           *[many] объектов
        } от { $runs } { $runs ->
            [one] прерванного запуска
           *[many] прерванных запусков
        }.
    }
export-done = { $dir }: { $files ->
        [one] { $files } файл
        [few] { $files } файла
       *[many] { $files } файлов
    }, { $labs ->
        [one] { $labs } работа
        [few] { $labs } работы
       *[many] { $labs } работ
    }

images-name = Имя
images-image = Образ
images-condition = Состояние
images-is-current = готов
images-is-stale = устарел
images-is-missing = нет
images-current = { $image }: готов
images-building = { $image }: собирается…
images-built = { $image }: собран
wheels-package = Пакет
wheels-version = Версия
images-pushing = { $image } → { $registry }…
images-pushed = { $image } → { $registry }: отправлен

record-measuring = измеряется { $what }…
record-done = Записан { $path }. Посмотрите на разницу, прежде чем её фиксировать.
record-stopped = Запись прервана.

stage-intake = Приём работы…
stage-start = Запуск служб…
stage-check = { $number }/{ $of } { $check }
stage-shown = Измерение для отчёта: { $what }…
stage-teardown = Удаление контейнеров…
stage-again = Сломалось что-то у нас ({ $reason }); пробуем ещё раз.
stage-kept = Осталось запущенным: { $address } (убрать: `labgrade clean`)
stage-leftovers = Убрать удалось не всё ({ $error }); следующий запуск уберёт остальное.

prove-right = { $number }/{ $of } ✓ { $case } (зерно { $seed })
prove-wrong = { $number }/{ $of } ✗ { $case } (зерно { $seed })
prove-legend = ✓ пройдено   ½ частично   ✗ не пройдено   · пропущено   ! сбой у нас   ? ожидает
prove-problem = ✗ { $case } (зерно { $seed }): { $problem }
prove-unproven = ✗ ни один мутант не проваливает проверку { $check }: это не проверка
prove-done = Решений: { $solutions }, мутантов: { $mutants }, зёрен: { $seeds }, { $seconds } с: { $wrong ->
        [0] всё как должно быть.
       *[other] ошибок: { $wrong }.
    }
prove-should-fail = { $check } должна быть не пройдена, а пройдена
prove-should-pass = { $check } не пройдена ({ $share } %), а должна быть пройдена
prove-not-full = { $check } даёт не все баллы
prove-earns-too-much = { $check } приносит { $share } %, а может принести не больше { $most } %
prove-rejected = не принято ({ $reason })
prove-not-rejected = принято, а должно быть отклонено
prove-broken = сломалось что-то у нас: { $reason } { $detail }
prove-interrupted = прервано

usage-no-lab = Работы «{ $lab }» нет. { $meant ->
        [none] { "" }
       *[other] Может быть, «{ $meant }»?{ " " }
    }Работы: { $labs }.
usage-no-labs = Работ здесь нет: работа — это папка с lab.toml.
usage-labs = Не удалось прочитать работы: { $error }
usage-no-check = Проверки «{ $check }» в работе нет. { $meant ->
        [none] { "" }
       *[other] Может быть, «{ $meant }»?{ " " }
    }Проверки: { $checks }.
usage-no-submission = { $path } не существует. Назовите папку, .zip, .tar или .tar.gz.
usage-no-image = Образа «{ $image }» нет. Образы: { $images }.
usage-write = Не удалось записать { $path }: { $error }
usage-read = Не удалось прочитать { $path }: { $error }
usage-config = { $path }: { $error }
usage-project = { $path }: { $error }
usage-signals = Не удалось подписаться на сигналы: { $error }
usage-which-lab = По папке { $dir } не понять, какая это работа. Назовите её: --lab ({ $labs }), или напишите в labgrade.toml строку `lab = "…"`.
usage-init-there = { $path } уже есть, а ваши файлы не перезаписываются. Назовите другую папку: labgrade init РАБОТА ПАПКА.
usage-export-there = Папка { $path } не пуста. Назовите новую.
usage-prove-folder = Решения и мутанты не встроены в программу. Запустите команду в папке проекта или укажите работы: --labs ПАПКА.
usage-nothing-to-record = В работе { $lab } нет запросов, записывать нечего.
usage-no-case = Такого решения или мутанта нет.
usage-case-check = { $case } говорит о проверке, которой в работе нет: { $check }
usage-case-fails-nothing = { $case } не называет ни одной непройденной проверки и потому ничего не доказывает.

doctor-looking = Осмотр движка…
doctor-knocking = Попытка выбраться из контейнера…
doctor-engine = Docker { $version }, API { $api }
doctor-engine-old = Слишком старый: нужен API { $api }. Обновите Docker.
doctor-runc = runc { $version }
doctor-runc-old = В версиях до 1.1.12 известны побеги из контейнера (CVE-2024-21626), если их не исправил в своём пакете дистрибутив. Обновите runc и проверяйте работы на отдельной машине.
doctor-cgroup = Контрольные группы версии { $version }
doctor-limit = Ядро не ограничивает: { $name }
doctor-limit-missing = Сданная работа могла бы занять всю машину. Включите контрольную группу (для памяти и подкачки загрузите ядро с cgroup_enable=memory swapaccount=1).
doctor-disk = Свободно { BYTES($free) } в { $path }
doctor-disk-full = Нужно хотя бы 4 ГиБ. Удалите лишнее: docker image prune.
doctor-image = Образ { $image }
doctor-image-stale = Образ { $image } устарел
doctor-image-missing = Образа { $image } нет
doctor-build = Соберите его: labgrade images build
doctor-isolated = Контейнер стучался по { $tried } адресам этого компьютера и не достучался
doctor-not-isolated = Контейнер достучался до этого компьютера (раз: { $reached })
doctor-not-isolated-remedy = Не проверяйте работы на этом движке. Это должен быть Docker с драйвером bridge, и никакое правило межсетевого экрана не должно выпускать внутренние сети.
doctor-names = Контейнер не смог найти внешнее имя
doctor-names-leak = Контейнер нашёл внешнее имя: так могут утечь данные (CVE-2024-29018)
doctor-names-remedy = Обновите Docker до 25.0.5, 26.0.0 или новее.
doctor-memory-read-back = Контейнер видит своё ограничение памяти: { BYTES($bytes) }
doctor-memory-differs = Контейнер видит не то ограничение памяти, которое ему задано: { $bytes }
doctor-hardened = Контейнер работает не от root, без привилегий, с корнем только для чтения
doctor-not-hardened = Контейнер защищён не так, как задано (корень: { $root })
doctor-not-probed = Изоляция не проверена: нет базового образа
doctor-good = На этой машине можно проверять работы.
doctor-warnings = На этой машине можно проверять работы; обратите внимание на предупреждения.
doctor-bad = На этой машине так проверять работы нельзя.
