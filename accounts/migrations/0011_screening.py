"""Watch lists, matches, screenings and ratings of customers."""


import brokerage.core.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_review_desk'),
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ListRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(verbose_name='release')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('entries_in_it', models.PositiveIntegerField(verbose_name='entries')),
                ('loaded_at', models.DateTimeField(verbose_name='loaded at')),
                ('is_current', models.BooleanField(default=True, verbose_name='counts now')),
                ('screened_to', models.BigIntegerField(default=0, editable=False, verbose_name='screened up to')),
                ('screened', models.PositiveIntegerField(default=0, verbose_name='customers screened')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='stock screened at')),
            ],
            options={
                'verbose_name': 'release of a watch list',
                'verbose_name_plural': 'releases of watch lists',
            },
        ),
        migrations.CreateModel(
            name='WatchList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=120, verbose_name='name in Chinese')),
                ('name_en', models.CharField(max_length=120, verbose_name='name in English')),
                ('kind', models.CharField(choices=[('sanctions', 'Sanctions and terror'), ('wanted', 'Wanted persons'), ('pep', 'Politically exposed persons'), ('own', 'Our own list')], max_length=10, verbose_name='kind')),
            ],
            options={
                'verbose_name': 'watch list',
                'verbose_name_plural': 'watch lists',
                'permissions': [('decide_watchhit', 'Can decide on a match with a list')],
            },
        ),
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('releases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name='releases')),
                ('matches', models.PositiveSmallIntegerField(verbose_name='matches')),
                ('screened_at', models.DateTimeField(verbose_name='screened at')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='accounts.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'screening',
                'verbose_name_plural': 'screenings',
            },
        ),
        migrations.CreateModel(
            name='WatchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=40, verbose_name='entry')),
                ('name', brokerage.core.fields.EncryptedTextField(verbose_name='name')),
                ('birth_date', brokerage.core.fields.EncryptedTextField(blank=True, null=True, verbose_name='birth date')),
                ('document', brokerage.core.fields.EncryptedTextField(blank=True, null=True, verbose_name='document')),
                ('name_hash', models.CharField(editable=False, max_length=64)),
                ('sound_hash', models.CharField(editable=False, max_length=64)),
                ('document_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='accounts.listrelease')),
            ],
            options={
                'verbose_name': 'entry of a watch list',
                'verbose_name_plural': 'entries of watch lists',
                'indexes': [
                    models.Index(fields=['name_hash'], name='entries_by_name'),
                    models.Index(fields=['sound_hash'], name='entries_by_sound'),
                    models.Index(condition=models.Q(('document_hash', ''), _negated=True), fields=['document_hash'], name='entries_by_document'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('release', 'key'), name='a_person_stands_once_on_it'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WatchHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=40, verbose_name='entry')),
                ('marks', models.CharField(editable=False, max_length=60)),
                ('customer_name', brokerage.core.fields.EncryptedTextField(verbose_name='name of the customer')),
                ('entry_name', brokerage.core.fields.EncryptedTextField(verbose_name='name on the list')),
                ('matched', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('document', 'Number of the document'), ('name', 'Name'), ('sound', 'Sound of the name'), ('birth', 'Birth date')], max_length=8), size=None, verbose_name='why it matched')),
                ('status', models.CharField(choices=[('open', 'To be decided'), ('cleared', 'Somebody else'), ('confirmed', 'The same person')], default='open', max_length=9, verbose_name='status')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watch_hits', to='customers.customer', verbose_name='customer')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='accounts.watchentry')),
                ('watch_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='accounts.watchlist', verbose_name='watch list')),
            ],
            options={
                'verbose_name': 'match with a list',
                'verbose_name_plural': 'matches with lists',
                'indexes': [
                    models.Index(condition=models.Q(('status', 'open')), fields=['found_at'], name='hits_to_decide'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('customer', 'watch_list', 'key'), name='one_match_of_a_person_and_entry'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('reason', ''), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_decided_match_has_author_and_reason'),
                ],
            },
        ),
        migrations.AddField(
            model_name='listrelease',
            name='watch_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='accounts.watchlist', verbose_name='watch list'),
        ),
        migrations.CreateModel(
            name='AmlRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('customer_name', brokerage.core.fields.EncryptedTextField(blank=True, null=True, verbose_name='name of the customer')),
                ('level', models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=6, verbose_name='level')),
                ('score', models.PositiveSmallIntegerField(verbose_name='points')),
                ('factors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('listed', 'Confirmed on a list of sanctions, terror or wanted persons'), ('exposed', 'Politically exposed person'), ('abroad', 'Tax residence abroad'), ('others_money', 'Somebody else decides or owns the money'), ('wealth', 'More assets than the income explains'), ('occupation', 'An occupation that is not on the list'), ('bad_faith', 'Declares an entry in a record of bad faith')], max_length=14), size=None, verbose_name='factors')),
                ('rule_version', models.CharField(max_length=100, verbose_name='rule')),
                ('rated_at', models.DateTimeField(verbose_name='rated at')),
                ('review_on', models.DateField(verbose_name='look again on')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('replaced_at', models.DateTimeField(blank=True, null=True, verbose_name='replaced at')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aml_ratings', to='customers.customer', verbose_name='customer')),
                ('rated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='rated by')),
            ],
            options={
                'verbose_name': 'rating of a customer',
                'verbose_name_plural': 'ratings of customers',
                'permissions': [('review_amlrating', 'Can look at a rating again')],
                'indexes': [models.Index(condition=models.Q(('replaced_at', None)), fields=['review_on'], name='ratings_to_look_at')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('customer',), name='one_rating_counts'), models.CheckConstraint(condition=models.Q(('rated_by', None), models.Q(('note', ''), _negated=True), _connector='OR'), name='a_rating_by_a_person_says_why')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amlrating',
            trigger=pgtrigger.compiler.Trigger(name='ratings_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."score" IS DISTINCT FROM (NEW."score") OR OLD."factors" IS DISTINCT FROM (NEW."factors") OR OLD."rule_version" IS DISTINCT FROM (NEW."rule_version") OR OLD."rated_at" IS DISTINCT FROM (NEW."rated_at") OR OLD."review_on" IS DISTINCT FROM (NEW."review_on") OR OLD."rated_by_id" IS DISTINCT FROM (NEW."rated_by_id") OR OLD."note" IS DISTINCT FROM (NEW."note"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='09c99c83c38e4ff53ffd8a9a91889979772e65f5', operation='UPDATE', pgid='pgtrigger_ratings_stay_a0b54', table='accounts_amlrating', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='screening',
            trigger=pgtrigger.compiler.Trigger(name='screenings_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ffd447ff6980992f538bc02c656ec5d8f60b6a53', operation='UPDATE', pgid='pgtrigger_screenings_stay_8e6ca', table='accounts_screening', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='listrelease',
            constraint=models.UniqueConstraint(fields=('watch_list', 'number'), name='one_release_of_each_number'),
        ),
        migrations.AddConstraint(
            model_name='listrelease',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('watch_list',), name='one_release_of_a_list_counts'),
        ),
    ]
